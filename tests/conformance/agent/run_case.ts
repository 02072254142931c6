import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../failure.ts";
import type { Json } from "../json.ts";
import { substitute } from "../placeholders.ts";
import { AgentRun } from "./agent_run.ts";
import type { AgentCase, AgentStep } from "./case.ts";
import { ModelServer } from "./model_server/model_server.ts";
import { perform, verbOf } from "./steps/perform.ts";

/** Limit for one case, which may have many waiting steps. */
const CASE_LIMIT_MS = 60_000;

/** Fixtures that cases name as `${HERE}`. */
const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));

/** Config that makes the model server the provider, with nothing to ask. */
const BASE = `model = "mock-model"
model_provider = "mock_provider"
approval_policy = "never"
sandbox_mode = "danger-full-access"
chatgpt_base_url = "http://127.0.0.1:\${PORT}/backend-api"
check_for_update_on_startup = false
`;
const PROVIDER = `[model_providers.mock_provider]
name = "Mock provider"
base_url = "http://127.0.0.1:\${PORT}/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
supports_websockets = false
`;

/** What a run needs to know besides its case. */
export interface AgentRunOptions {
  /** Program and first arguments of the server under test. */
  readonly command: readonly string[];
  /** Directory below which each case gets a fresh one. */
  readonly root: string;
  /**
   * How many times as long as a case says something may take that has to come.
   * Default: 1.
   */
  readonly patience?: number;
}

/**
 * Runs one case with a fresh home, a server and a model server of its own.
 *
 * @returns null when the server did all that the case says, else the step and
 * the first difference.
 */
export async function runCase(
  oneCase: AgentCase,
  { command, root, patience = 1 }: AgentRunOptions,
): Promise<string | null> {
  await Deno.mkdir(root, { recursive: true });
  const directory = await Deno.makeTempDir({ dir: root });
  const limitMs = CASE_LIMIT_MS * patience;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Failure(`case took over ${limitMs} ms`)),
    limitMs,
  );
  const model = new ModelServer(oneCase.routes);
  const { signal } = limit;
  const run = new AgentRun({
    oneCase,
    command,
    directory,
    model,
    signal,
    patience,
  });
  let place = "setup";
  try {
    await prepare(run, oneCase, directory);
    for (const [index, step] of oneCase.steps.entries()) {
      place = `step ${index} (${verbOf(step)})`;
      await perform(run, fillStep(step, run));
    }
    return null;
  } catch (error) {
    return `${place}: ${explain(error)}`;
  } finally {
    clearTimeout(timer);
    await run.stop();
    await model[Symbol.asyncDispose]();
    await Deno.remove(directory, { recursive: true });
  }
}

async function prepare(
  run: AgentRun,
  oneCase: AgentCase,
  directory: string,
): Promise<void> {
  const home = join(directory, "home");
  const work = join(directory, "w");
  const { variables } = run;
  variables.set("T", directory);
  variables.set("HOME", home);
  variables.set("CWD", work);
  variables.set("PORT", run.model.port);
  variables.set("HERE", FIXTURES);
  // One character over the longest input that a turn takes.
  variables.set("BIG", "x".repeat(1_048_577));
  variables.set("BASE", substitute(BASE, variables));
  variables.set("PROVIDER", substitute(PROVIDER, variables));

  await Deno.mkdir(home);
  await Deno.mkdir(work);
  const { config = "${BASE}\n${PROVIDER}", files = {} } = oneCase;
  if (config !== null) await write(run, "home/config.toml", config);
  for (const [name, content] of Object.entries(files)) {
    await write(run, name, content);
  }
  run.model.script.push(...fill(oneCase.mock ?? [], run));
  run.start();
  if (oneCase.autoInit !== false) {
    await run.initialize(await run.open("main"), oneCase.capabilities);
  }
}

async function write(
  run: AgentRun,
  name: string,
  content: Json,
): Promise<void> {
  const path = run.path(fill(name, run));
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, String(fill(text, run)));
}

/** Parts of a sequence are filled as they come up: see the step. */
function fillStep(step: AgentStep, run: AgentRun): AgentStep {
  if (!("sequence" in step)) return fill(step, run);
  return { ...fill({ ...step, sequence: [] }, run), sequence: step.sequence };
}

function fill<T>(part: T, run: AgentRun): T {
  // Cases are read from JSON: their types describe JSON values.
  return substitute(part as unknown as Json, run.variables) as unknown as T;
}

function explain(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
