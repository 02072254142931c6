import { Client } from "../client/mod.ts";
import type { NotificationName } from "../protocol/mod.ts";
import {
  assembleAppServer,
  type ConfigOptions,
  PRODUCT_VERSION,
  type RoomsOnDemand,
} from "../server/mod.ts";
import { toConfigOptions } from "./_configuration_options.ts";
import { type ExecPast, readExecOrder } from "./_exec_order.ts";
import { toEventReport, toTextReport } from "./_exec_report.ts";
import { playTurn } from "./_exec_turn.ts";
import { toFailure } from "./_os_text.ts";
import { workUntilStopped } from "./_until_stopped.ts";
import type { Invocation } from "./command.ts";
import { printError } from "./output.ts";

/** How long an interrupted turn may take to end: its commands are killed. */
const GRACE_MS = 10_000;

/** Deltas, which are no part of any report. */
const NOT_WANTED: readonly NotificationName[] = [
  "item/agentMessage/delta",
  "item/plan/delta",
  "item/commandExecution/outputDelta",
  "item/fileChange/outputDelta",
  "item/reasoning/summaryTextDelta",
  "item/reasoning/textDelta",
];

/** What an agent is to do, and with what. */
interface Task {
  readonly rooms: RoomsOnDemand;
  readonly past: ExecPast | undefined;
  readonly prompt: string | undefined;
}

/** Has an agent do one task, and gives the exit code. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const name = invocation.value("resume");
  const past = name === undefined
    ? undefined
    : { kind: "named", name } as const;
  const prompt = invocation.operands[0];
  return await execute(invocation, { rooms, past, prompt });
}

/** The same, after an earlier session. */
export async function execute(
  invocation: Invocation,
  task: Task,
): Promise<number> {
  return await workUntilStopped(
    (stop) => work(invocation, { ...task, stop }),
    { graceMs: GRACE_MS },
  );
}

async function work(
  invocation: Invocation,
  { rooms, past, prompt, stop }: Task & { readonly stop: AbortSignal },
): Promise<number> {
  const order = await readExecOrder(invocation, { past, prompt, stop });
  const isForPrograms = invocation.has("json") ||
    invocation.has("experimental-json");
  const report = isForPrograms
    ? toEventReport()
    : toTextReport({ hasColors: hasColors(invocation.value("color")) });
  const apiKey = Deno.env.get("CODEX_API_KEY")?.trim();
  await using server = await assembleAppServer(rooms, {
    config: apiKey
      ? withMemoryStore(toConfigOptions(invocation))
      : toConfigOptions(invocation),
  });
  await using client = await Client.connect({ channel: server.connect() }, {
    clientInfo: {
      name: "gangway_exec",
      title: "Gangway exec",
      version: PRODUCT_VERSION,
    },
    capabilities: {
      experimentalApi: true,
      optOutNotificationMethods: [...NOT_WANTED],
    },
    signal: stop,
  });
  if (apiKey) {
    await client.request("account/login/start", { type: "apiKey", apiKey });
  }
  const { isDone, message } = await playTurn(client, order, { report, stop });
  await report.end(message);
  const path = invocation.value("output-last-message");
  if (path !== undefined) await writeMessage(path, message);
  return isDone ? 0 : 1;
}

/** Who is signed in for one run is not written down, and signs nobody out. */
function withMemoryStore(config: ConfigOptions): ConfigOptions {
  const { assignments = [], ...rest } = config.overrides ?? {};
  const store = 'cli_auth_credentials_store="ephemeral"';
  return {
    ...config,
    overrides: { ...rest, assignments: [...assignments, store] },
  };
}

async function writeMessage(
  path: string,
  message: string | undefined,
): Promise<void> {
  if (message === undefined) {
    await printError(`warning: no last message; "${path}" is empty\n`);
  }
  try {
    await Deno.writeTextFile(path, message ?? "");
  } catch (error) {
    throw toFailure(`Cannot write the last message to "${path}"`, error);
  }
}

function hasColors(when: string | undefined): boolean {
  if (when === "always") return true;
  return when !== "never" && !Deno.noColor && Deno.stderr.isTerminal();
}
