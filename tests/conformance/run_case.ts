import { join } from "node:path";
import type { Case, Setup, Step } from "./case.ts";
import { CaseRun, type RunOptions, type RunPaths } from "./case_run.ts";
import { Failure } from "./failure.ts";
import { plantFiles } from "./file_tree.ts";
import { freePort } from "./free_port.ts";
import { mintJwt } from "./jwt.ts";
import type { Json } from "./json.ts";
import { substitute } from "./placeholders.ts";
import { perform, verbOf } from "./steps/perform.ts";

/**
 * Runs one case in fresh directories against a server of its own.
 *
 * @returns null when the server did all that the case says, else the step and
 * the first difference.
 */
export async function runCase(
  oneCase: Case,
  options: RunOptions,
): Promise<string | null> {
  const paths = await createPaths(options.root);
  const { timeoutMs, patience = 1 } = options;
  const limitMs = (oneCase.timeoutMs ?? timeoutMs) * patience;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Failure(`case took longer than ${limitMs} ms`)),
    limitMs,
  );
  const run = new CaseRun(oneCase, options, paths, limit.signal);
  let place = "setup";
  try {
    await prepare(run, oneCase, paths);
    for (const [index, step] of oneCase.steps.entries()) {
      place = `step ${index} (${verbOf(step)})`;
      await perform(run, filled(step, run) as Step);
    }
    return null;
  } catch (error) {
    return `${place}: ${explain(error)}`;
  } finally {
    clearTimeout(timer);
    await run.end();
    await Deno.remove(join(paths.run, ".."), { recursive: true });
  }
}

async function createPaths(root: string): Promise<RunPaths> {
  await Deno.mkdir(root, { recursive: true });
  const base = await Deno.makeTempDir({ dir: root });
  const paths = {
    work: join(base, "t"),
    home: join(base, "h"),
    run: join(base, "r"),
  };
  for (const path of Object.values(paths)) await Deno.mkdir(path);
  return paths;
}

async function prepare(
  run: CaseRun,
  oneCase: Case,
  paths: RunPaths,
): Promise<void> {
  run.variables.set("TMP", paths.work);
  run.variables.set("HOME", paths.home);
  run.variables.set("RUN", paths.run);
  run.variables.set("SOCK", join(paths.run, "s.sock"));
  run.variables.set("PORT", String(freePort()));

  const setup = filled(oneCase.setup ?? {}, run) as Setup;
  await plantFiles(paths.work, setup.files ?? {});
  await plantFiles(paths.home, setup.homeFiles ?? {});
  for (const [name, spec] of Object.entries(setup.jwts ?? {})) {
    run.variables.set(`JWT:${name}`, await mintJwt(spec));
  }
  await startServer(run, oneCase, setup);
  if (setup.init === undefined || setup.init === false) return;
  await run.initialize("main", setup.init === true ? {} : setup.init);
}

async function startServer(
  run: CaseRun,
  { transport }: Case,
  setup: Setup,
): Promise<void> {
  if (transport === "cli") return;
  const url = setup.listen ?? {
    stdio: "stdio://",
    unix: `unix://${run.variables.get("SOCK")}`,
    ws: `ws://127.0.0.1:${run.variables.get("PORT")}`,
    http: `ws://127.0.0.1:${run.variables.get("PORT")}`,
  }[transport];
  const launch = {
    args: ["--listen", url, ...setup.args ?? []],
    env: setup.env,
    cwd: setup.cwd,
  };
  if (transport === "stdio") {
    run.startPiped("server", "main", launch);
    return;
  }
  const server = run.start("server", {
    ...launch,
    stdin: "null",
    gatherStdout: true,
  });
  await run.waitListening(server);
  if (transport === "http" || setup.autoConnect === false) return;
  const { status, body } = await run.upgrade("main");
  if (status !== 101) {
    throw new Failure(`handshake failed with ${status}: ${body}`);
  }
}

/** The case's own data with its placeholders filled in. */
function filled(part: Setup | Step, run: CaseRun): unknown {
  // Cases are read from JSON: their types describe JSON values.
  return substitute(part as unknown as Json, run.variables);
}

function explain(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
