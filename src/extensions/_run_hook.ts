import { type ProgramRunner, runProgram } from "../exec/mod.ts";
import type { HookEventName, JsonValue } from "../protocol/mod.ts";
import { type HookReport, toFailure, toReport } from "./_hook_output.ts";
import { fillPlaceholders } from "./_hook_placeholders.ts";
import { spill } from "./_hook_spill.ts";
import type { HookToolAnswer, HookToolCall } from "./hook_tool.ts";
import type { Hook } from "./hooks.ts";

/** What hooks are run with. */
export interface HookMeans {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Where they are run: they die with the server. */
  readonly programs: ProgramRunner;
  /** The shell that reads their command lines. Default: `/bin/sh`. */
  readonly shell?: string;
  /**
   * Calls a tool of an MCP server of the thread. Default: there are none.
   *
   * @throws {Error} if it can't be called; the message says why.
   */
  readonly callTool?: (call: HookToolCall) => Promise<HookToolAnswer>;
}

/** What a hook is run for. */
export interface HookCause {
  readonly event: HookEventName;
  /** What it reads. */
  readonly input: Record<string, unknown>;
  readonly cwd: string;
  readonly threadId: string;
  readonly signal: AbortSignal;
}

/** Bytes of what a hook may say. */
const maxBytes = 256 * 1024;

/** A timer that is to wait for longer does not wait at all. */
const longestTimerMs = 2 ** 31 - 1;

/** Exit codes above it stand for signals. */
const signalBase = 128;

/**
 * Runs a hook and reads what it says. It never fails: what goes wrong is in its
 * report.
 */
export async function runHook(
  hook: Hook,
  cause: HookCause,
  means: HookMeans,
): Promise<HookReport> {
  const { signal } = cause;
  try {
    const report = hook.work.type === "command"
      ? await runCommand(hook, hook.work.command, cause, means)
      : await askTool(hook, hook.work, cause, means);
    if (report.context === null) return report;
    const { additionalContextLimit } = hook.told;
    const { home } = means;
    return {
      ...report,
      context: await spill(
        report.context,
        additionalContextLimit,
        { home, threadId: cause.threadId },
      ),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return toFailure(signal.aborted ? "hook was interrupted" : reason);
  }
}

async function runCommand(
  { told, plugin }: Hook,
  command: string,
  { event, input, cwd, signal }: HookCause,
  { programs, shell = "/bin/sh" }: HookMeans,
): Promise<HookReport> {
  const { isTimedOut, exitCode, stdout, stderr } = await runProgram(
    programs,
    {
      command: [shell, "-c", command],
      cwd,
      env: plugin === undefined ? {} : {
        CLAUDE_PLUGIN_ROOT: plugin.root,
        CLAUDE_PLUGIN_DATA: plugin.data,
        PLUGIN_ROOT: plugin.root,
        PLUGIN_DATA: plugin.data,
      },
      input: JSON.stringify(input),
      timeoutMs: told.timeoutSec * 1000,
      capBytes: maxBytes,
    },
    { signal },
  );
  if (isTimedOut) return toTimedOut(told.timeoutSec);
  return toReport(event, {
    stdout,
    stderr,
    exitCode: exitCode > signalBase ? null : exitCode,
  });
}

async function askTool(
  { told }: Hook,
  { server, tool, input }: { server: string; tool: string; input: unknown },
  { event, input: facts, signal }: HookCause,
  { callTool }: HookMeans,
): Promise<HookReport> {
  const filled = fillPlaceholders(input, facts) as JsonValue;
  if (callTool === undefined) {
    return toFailure(`unknown MCP server '${server}'`);
  }
  const ms = Math.min(told.timeoutSec * 1000, longestTimerMs);
  const limit = AbortSignal.timeout(ms);
  try {
    const { text, isError } = await callTool({
      server,
      tool,
      input: filled,
      signal: AbortSignal.any([signal, limit]),
    });
    if (isError) return toFailure(`MCP tool returned an error: ${text}`);
    return toReport(event, { exitCode: 0, stdout: text, stderr: "" });
  } catch (error) {
    if (limit.aborted) return toTimedOut(told.timeoutSec);
    throw error;
  }
}

function toTimedOut(seconds: number): HookReport {
  return toFailure(`hook timed out after ${seconds}s`);
}
