import {
  type Outcome,
  runGangway,
  type RunOptions,
} from "./_gangway_process.ts";

/** A home whose model follows a script, and a directory to work in. */
export interface World extends AsyncDisposable {
  readonly home: string;
  readonly cwd: string;
  readonly options: RunOptions;
  /** Runs `gangway exec` there. */
  exec(args: readonly string[], input?: string): Promise<Outcome>;
}

/** A directory for temporary files that lies in no git repository. */
function findBareDirectory(): string {
  const candidates = [Deno.env.get("TMPDIR") ?? "/tmp", "/var/tmp", "/dev/shm"];
  return candidates.find((path) => {
    const names = path.split("/");
    const above = names.map((_, at) => names.slice(0, at + 1).join("/"));
    return above.every((path) => {
      try {
        Deno.lstatSync(`${path}/.git`);
        return false;
      } catch {
        return true;
      }
    });
  })!;
}

export async function openWorld(
  responses: readonly unknown[],
  { inRepository = true } = {},
): Promise<World> {
  const path = await Deno.realPath(
    await Deno.makeTempDir(inRepository ? {} : { dir: findBareDirectory() }),
  );
  const [home, cwd] = [`${path}/home`, `${path}/work`];
  await Deno.mkdir(home);
  await Deno.mkdir(inRepository ? `${cwd}/.git` : cwd, { recursive: true });
  await Deno.writeTextFile(
    `${home}/script.json`,
    JSON.stringify({ scope: "server", responses }),
  );
  await Deno.writeTextFile(
    `${home}/config.toml`,
    `model = "demo"
model_provider = "script"
[model_providers.script]
name = "Script"
base_url = "script://${home}/script.json"
request_max_retries = 0
stream_max_retries = 0
`,
  );
  const options = { env: { CODEX_HOME: home }, cwd };
  return {
    home,
    cwd,
    options,
    exec: (args, input = "") =>
      runGangway(["exec", ...args], { ...options, input }),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A command of the model, without what shells read at a login. */
export function call(cmd: string, callId = "call"): unknown {
  return {
    call: "exec_command",
    arguments: { cmd, login: false, yield_time_ms: 20_000 },
    callId,
  };
}

export interface Event {
  readonly type: string;
  readonly thread_id?: string;
  readonly item?: { readonly type: string };
}

export function toEvents({ stdout }: Outcome): Event[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Events without what is said of a model that nobody knows. */
export function withoutWarnings(events: readonly Event[]): Event[] {
  return events.filter(({ item }) => item?.type !== "error");
}

/** The session that a run was one of. */
export function toSession(outcome: Outcome): string {
  return /^session id: (\S+)$/m.exec(outcome.stderr)![1]!;
}

export function namesIn(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name);
}

/** Texts of the user in all sessions of a home. */
export async function userTexts(world: World): Promise<string[]> {
  const list = await runGangway([
    "call",
    "thread/list",
    '{"sourceKinds":["exec"]}',
  ], world.options);
  const { data } = JSON.parse(list.stdout);
  const texts: string[] = [];
  for (const { id } of data) {
    const params = JSON.stringify({ threadId: id, includeTurns: true });
    const read = await runGangway(["call", "thread/read", params], {
      ...world.options,
    });
    for (const turn of JSON.parse(read.stdout).thread.turns) {
      for (const item of turn.items) {
        if (item.type === "userMessage") texts.push(item.content[0].text);
      }
    }
  }
  return texts;
}
