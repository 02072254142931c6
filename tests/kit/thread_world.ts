import { createAppServer } from "../../mod.ts";
import type {
  NotificationName,
  ServerNotifications,
} from "../../src/protocol/mod.ts";
import { Client, RpcError } from "../../src/client/mod.ts";
import { createTempDir } from "./temp_dir.ts";
import { until } from "./until.ts";

/** What somebody was told. */
export interface Told {
  readonly method: NotificationName;
  // deno-lint-ignore no-explicit-any -- each test knows what it looks for
  readonly params: any;
}

/** Somebody who is connected, and all that they were told since. */
export interface Person extends AsyncDisposable {
  readonly client: Client;
  readonly told: Told[];
  /** Waits for a notification, behind `from`. */
  hear<N extends NotificationName>(
    method: N,
    fits?: (params: ServerNotifications[N]) => boolean,
    from?: number,
  ): Promise<ServerNotifications[N]>;
  /** Says something in a thread and waits for the end of the turn; its id. */
  say(threadId: string, text: string): Promise<string>;
}

/** A server with a model that follows a script, in a home of its own. */
export interface ThreadWorld extends AsyncDisposable {
  readonly home: string;
  /** Another connection. */
  connect(name?: string): Promise<Person>;
  /** Ends the server, and starts another one in the same home. */
  restart(): Promise<void>;
  /** Has the model follow another script. */
  script(responses: readonly unknown[]): Promise<void>;
}

/** Starts a server whose model answers `responses`, in this order. */
export async function openThreadWorld(
  responses: readonly unknown[] = [{ output: [{ say: "fine" }], repeat: true }],
): Promise<ThreadWorld> {
  const dir = await createTempDir();
  const home = `${dir.path}/home`;
  const path = `${dir.path}/script.json`;
  await Deno.mkdir(home);
  const script = (next: readonly unknown[]): Promise<void> =>
    Deno.writeTextFile(
      path,
      JSON.stringify({ scope: "server", responses: next }),
    );
  await script(responses);
  await Deno.writeTextFile(
    `${home}/config.toml`,
    `model = "demo"
model_provider = "script"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.script]
name = "Script"
base_url = "script://${path}"
request_max_retries = 0
stream_max_retries = 0
[shell_environment_policy.set]
HOME = "${home}"
`,
  );
  let server = await createAppServer({ home });
  let people: Person[] = [];
  const leave = async (): Promise<void> => {
    for (const one of people) await one[Symbol.asyncDispose]();
    people = [];
    await server[Symbol.asyncDispose]();
  };
  return {
    home,
    script,
    async connect(name = "test") {
      const person = join(
        await Client.connect(
          { channel: server.connect() },
          {
            clientInfo: { name, version: "1" },
            capabilities: { experimentalApi: true },
          },
        ),
      );
      people.push(person);
      return person;
    },
    async restart() {
      await leave();
      server = await createAppServer({ home });
    },
    async [Symbol.asyncDispose]() {
      await leave();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function join(client: Client): Person {
  const told: Told[] = [];
  const all = client.notifications();
  const listening = (async () => {
    for await (const one of all) told.push(one);
  })();
  const person: Person = {
    client,
    told,
    async hear(method, fits = () => true, from = 0) {
      const { params } = await until(
        method,
        () =>
          told.slice(from).find((one) =>
            one.method === method && fits(one.params)
          ),
      );
      return params;
    },
    async say(threadId, text) {
      const from = told.length;
      await client.request("turn/start", {
        threadId,
        input: [{ type: "text", text }],
      });
      const { turn } = await person.hear(
        "turn/completed",
        (params) => params.threadId === threadId,
        from,
      );
      return turn.id;
    },
    async [Symbol.asyncDispose]() {
      all[Symbol.dispose]();
      await listening.catch(() => {});
      await client[Symbol.asyncDispose]();
    },
  };
  return person;
}

/** Starts a thread in the home, where no repository is; its id. */
export async function start(
  { client }: Person,
  params: Record<string, unknown> = {},
): Promise<string> {
  const { codexHome: cwd } = client.initialized;
  const { thread } = await client.request("thread/start", { cwd, ...params });
  return thread.id;
}

/** Code and message that a request is refused with. */
export async function refusal(
  request: Promise<unknown>,
): Promise<[code: number, message: string]> {
  try {
    await request;
  } catch (error) {
    if (error instanceof RpcError) return [error.code, error.message];
    throw error;
  }
  throw new Error("It was not refused");
}
