import { Client } from "../client/mod.ts";
import { resolveHome } from "../config/mod.ts";
import type { NotificationName } from "../protocol/mod.ts";
import {
  assembleAppServer,
  type ConfigOptions,
  PRODUCT_VERSION,
  type RoomsOnDemand,
} from "../server/mod.ts";
import { toConfigOptions } from "./_configuration_options.ts";
import { type ExecTask, readExecOrder } from "./_exec_order.ts";
import { toEventReport, toTextReport } from "./_exec_report.ts";
import { playTurn } from "./_exec_turn.ts";
import { trustProject } from "./_exec_trust.ts";
import { findLocalModel } from "./_local_model.ts";
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

/** Has an agent do one task, and gives the exit code. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const name = invocation.value("resume");
  return await execute(invocation, rooms, {
    start: name === undefined
      ? { kind: "new" }
      : { kind: "resume", past: { kind: "named", name } },
    wish: {
      kind: "prompt",
      given: invocation.operands[0],
      // Whoever goes on with a prompt of its own has no more to say.
      takesMore: name === undefined,
    },
  });
}

/** Has an agent do a task of whatever kind, and gives the exit code. */
export async function execute(
  invocation: Invocation,
  rooms: RoomsOnDemand,
  task: ExecTask,
): Promise<number> {
  return await workUntilStopped(
    (stop) => work(invocation, { rooms, task, stop }),
    { graceMs: GRACE_MS },
  );
}

async function work(
  invocation: Invocation,
  { rooms, task, stop }: {
    readonly rooms: RoomsOnDemand;
    readonly task: ExecTask;
    readonly stop: AbortSignal;
  },
): Promise<number> {
  const order = await readExecOrder(invocation, task, stop);
  const isForPrograms = invocation.has("json") ||
    invocation.has("experimental-json");
  const report = isForPrograms
    ? toEventReport()
    : toTextReport({ hasColors: hasColors(invocation.value("color")) });
  const apiKey = Deno.env.get("CODEX_API_KEY")?.trim();
  await using server = await assembleAppServer(rooms, {
    config: await toExecConfig(invocation, { keepsNobody: !!apiKey }),
    threads: {
      source: "exec",
      ignoresRules: invocation.has("ignore-rules"),
      trustsHooks: invocation.has("dangerously-bypass-hook-trust"),
    },
  });
  await using client = await Client.connect({ channel: server.connect() }, {
    clientInfo: {
      // Whoever lists sessions knows those of this command by that name.
      name: "codex_exec",
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
  if (invocation.has("trust")) await trustProject(client, order.cwd);
  const local = await findLocalModel(client, invocation, stop);
  const { isDone, message } = await playTurn(
    client,
    { ...order, ...local },
    { report, stop },
  );
  await report.end(message);
  const path = invocation.value("output-last-message");
  if (path !== undefined) {
    await writeMessage(path, message, { isTold: !isForPrograms });
  }
  return isDone ? 0 : 1;
}

async function toExecConfig(
  invocation: Invocation,
  { keepsNobody }: { keepsNobody: boolean },
): Promise<ConfigOptions> {
  const { overrides, strict } = toConfigOptions(invocation);
  const ignoresUser = invocation.has("ignore-user-config");
  const profile = ignoresUser ? undefined : invocation.value("profile");
  if (profile !== undefined) await warnOfMissing(profile);
  return {
    strict,
    ignoresUser,
    ...profile !== undefined && { profile },
    overrides: {
      ...overrides,
      assignments: [
        ...overrides.assignments ?? [],
        ...invocation.has("search") ? ['web_search="live"'] : [],
        // Who is signed in for one run is not written down, and signs nobody
        // out.
        ...keepsNobody ? ['cli_auth_credentials_store="ephemeral"'] : [],
      ],
    },
  };
}

/** A profile that is not there yet changes nothing, but may be a typo. */
async function warnOfMissing(profile: string): Promise<void> {
  const path = `${await resolveHome(Deno.env)}/${profile}.config.toml`;
  const found = await Deno.stat(path).catch(() => undefined);
  if (found !== undefined) return;
  await printError(`warning: there is no profile "${profile}": no ${path}\n`);
}

async function writeMessage(
  path: string,
  message: string | undefined,
  { isTold }: { readonly isTold: boolean },
): Promise<void> {
  if (message === undefined && isTold) {
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
