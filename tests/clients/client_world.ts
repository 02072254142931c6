import { denoDirectory } from "../kit/deno_directory.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { type Installed, isRequired } from "./installed.ts";

const CLI = new URL("../../cli.ts", import.meta.url).pathname;

/** A response to whatever asks for JSON: clients want a title for a session. */
export const TITLE = {
  when: { body: '"json_schema"' },
  output: [{ say: '{"title":"Scripted"}' }],
  repeat: true,
};

/** Longer than any script takes, on a busy machine too. */
const SCRIPT_MS = 300_000;

/** A home whose model follows a script, and the program under the name that clients look for. */
export interface ClientWorld extends AsyncDisposable {
  /** CODEX_HOME. */
  readonly home: string;
  /** CODEX_HOME of a client that has a server elsewhere. */
  readonly clientHome: string;
  /** A git repository to work in. */
  readonly cwd: string;
  /** A program that is ours: it takes the place of the client's own. */
  readonly program: string;
  /** What clients are started with. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a world whose model answers `responses`, in this order. */
export async function openClientWorld(
  responses: readonly unknown[],
  { config = "" }: { config?: string } = {},
): Promise<ClientWorld> {
  const dir = await createTempDir();
  const [home, cwd] = [`${dir.path}/home`, `${dir.path}/work`];
  const clientHome = `${dir.path}/client`;
  for (const path of [home, clientHome]) await Deno.mkdir(path);
  await Deno.mkdir(`${cwd}/.git`, { recursive: true });
  await Deno.writeTextFile(
    `${home}/script.json`,
    JSON.stringify({ scope: "thread", responses }),
  );
  const text = `model = "scripted"
model_provider = "offline"
${config}
[model_providers.offline]
name = "Offline"
base_url = "script://${home}/script.json"
request_max_retries = 0
stream_max_retries = 0
`;
  // The client has the same one: by its own, old ones choose to sign in first.
  for (const path of [home, clientHome]) {
    await Deno.writeTextFile(`${path}/config.toml`, text);
  }
  const program = `${dir.path}/codex`;
  await Deno.writeTextFile(
    program,
    `#!/bin/sh\nexec '${Deno.execPath()}' run -A --quiet '${CLI}' "$@"\n`,
    { mode: 0o700 },
  );
  const env = {
    ...Deno.env.toObject(),
    CODEX_HOME: home,
    // Shells of commands read no profile of whoever runs the tests.
    HOME: dir.path,
    DENO_DIR: denoDirectory(),
    NO_COLOR: "1",
  };
  return {
    home,
    clientHome,
    cwd,
    program,
    env,
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** A test of somebody else's client; skipped, and it says why, where that is missing. */
export function clientTest(
  installed: Installed,
  name: string,
  test: (directory: string) => Promise<void>,
): void {
  const { directory, missing } = installed;
  const isSkipped = missing !== undefined && !isRequired();
  Deno.test({
    name: isSkipped ? `${name} (skipped: ${missing})` : name,
    ignore: isSkipped,
    fn: async () => {
      if (missing !== undefined) throw new Error(missing);
      await test(directory);
    },
  });
}

/**
 * Runs a script of this directory in Node.js as if it stood among installed
 * packages, and gives what it printed: JSON, one value a line.
 */
export async function runScript(
  name: string,
  directory: string,
  world: ClientWorld,
  // deno-lint-ignore no-explicit-any -- each test knows what it prints
): Promise<any[]> {
  const child = new Deno.Command("node", {
    args: ["--input-type=module", "-", JSON.stringify(world)],
    cwd: directory,
    env: { ...world.env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(SCRIPT_MS),
  }).spawn();
  const path = new URL(`./scripts/${name}`, import.meta.url);
  const writer = child.stdin.getWriter();
  await writer.write(await Deno.readFile(path));
  await writer.close();
  const [stdout, stderr, { success }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  if (!success) throw new Error(`${name} failed: ${stderr}\n${stdout}`);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}
