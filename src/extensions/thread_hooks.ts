import type {
  Farewell,
  HookOccasion,
  HookScene,
  HookVerdict,
  LateWord,
} from "../agent/mod.ts";
import { type ProgramRunner, runProgram } from "../exec/mod.ts";
import type {
  HookEventName,
  HookRunSummary,
  JsonValue,
  NotificationName,
  ServerNotifications,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { matches } from "./_hook_declarations.ts";
import {
  farewellReason,
  toFarewell,
  toHookInput,
  toSubjects,
} from "./_hook_input.ts";
import { type HookReport, toFailure, toReport } from "./_hook_output.ts";
import type { HookRun } from "./_hook_run.ts";
import { fillPlaceholders } from "./_hook_placeholders.ts";
import { spill } from "./_hook_spill.ts";
import { toBegun, toEnded } from "./_hook_summary.ts";
import { toVerdict } from "./_hook_verdict.ts";
import type { Hook, Hooks } from "./hooks.ts";

/** A tool of an MCP server that a hook calls. */
export interface HookToolCall {
  readonly server: string;
  readonly tool: string;
  readonly input: JsonValue;
  readonly signal: AbortSignal;
}

/** What it answered. */
export interface HookToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

/** What hooks of a thread are run with. */
export interface ThreadHooksOptions {
  readonly hooks: Hooks;
  readonly threadId: string;
  /** False if whoever opened the thread wants none. Default: true. */
  readonly isHooked?: boolean;
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
  /** Where the thread is stored, for hooks to read. */
  readonly transcriptPath: string | null;
  /** Whether those run that nobody has trusted. Default: false. */
  readonly trustsAll?: boolean;
  readonly log: Logger;
}

/** What hooks are run for. */
interface Cause {
  readonly event: HookEventName;
  /** What they read. */
  readonly input: Record<string, unknown>;
  /** What matchers are held against. */
  readonly subjects: readonly string[];
  readonly callId?: string;
  readonly cwd: string;
  readonly threadId: string;
  readonly turnId: string | null;
  readonly tell: Teller;
  readonly signal: AbortSignal;
}

type Teller = <N extends NotificationName>(
  method: N,
  params: ServerNotifications[N],
) => void;

/** Nothing was said. */
const silence: HookVerdict = {
  blocked: null,
  stopped: null,
  contexts: [],
  fragments: [],
};

/** Bytes of what a hook may say. */
const maxBytes = 256 * 1024;

/** Exit codes above it stand for signals. */
const signalBase = 128;

/**
 * Runs the hooks of a thread that are on and trusted. What goes wrong with one
 * is told to clients, and is no reason for a turn to fail.
 */
export class ThreadHooks implements Disposable {
  readonly #options: ThreadHooksOptions;
  readonly #late: LateWord[] = [];
  /** Ends what nobody waits for. */
  readonly #end = new AbortController();
  #left: Promise<void> | undefined;

  constructor(options: ThreadHooksOptions) {
    this.#options = options;
  }

  /** What was left out of them, and why. */
  async warnings(cwd: string): Promise<readonly string[]> {
    try {
      return (await this.#options.hooks.list(cwd)).warnings;
    } catch {
      return []; // a broken configuration is told of elsewhere
    }
  }

  /** Whether any may run for an event. */
  async awaits(event: HookEventName, cwd: string): Promise<boolean> {
    return (await this.#list(event, cwd)).length > 0;
  }

  /**
   * Runs those for an occasion, side by side.
   *
   * @throws {unknown} the signal's reason.
   */
  async occur(occasion: HookOccasion, scene: HookScene): Promise<HookVerdict> {
    const { stage, settings, signal } = scene;
    const { threadId, turnId } = stage;
    const runs = await this.#runAll({
      event: occasion.event,
      input: toHookInput(occasion, scene, this.#options.transcriptPath),
      subjects: toSubjects(occasion),
      ..."tool" in occasion && { callId: occasion.tool.callId },
      cwd: settings.cwd,
      threadId,
      turnId,
      tell: (method, params) => stage.tell(method, params),
      signal,
    });
    signal.throwIfAborted();
    return runs.length === 0 ? silence : toVerdict(occasion.event, runs);
  }

  /** Lets them hear that the thread is closed, once; ends what still runs. */
  leave(farewell: Farewell): Promise<void> {
    return this.#left ??= this.#leave(farewell);
  }

  async #leave(farewell: Farewell): Promise<void> {
    try {
      await this.#runAll({
        event: "sessionEnd",
        input: toFarewell(farewell, this.#options.transcriptPath),
        subjects: [farewellReason],
        cwd: farewell.cwd,
        threadId: farewell.threadId,
        turnId: null,
        tell: farewell.tell,
        signal: this.#end.signal,
      });
    } finally {
      this[Symbol.dispose]();
    }
  }

  /** Takes what hooks said that nobody waited for. */
  takeLate(): readonly LateWord[] {
    return this.#late.splice(0);
  }

  /** Ends those that nobody waits for. */
  [Symbol.dispose](): void {
    this.#end.abort(new DOMException("The thread is closed", "AbortError"));
  }

  async #list(event: HookEventName, cwd: string): Promise<readonly Hook[]> {
    const { hooks, log, trustsAll = false, isHooked = true } = this.#options;
    if (!isHooked) return [];
    try {
      return (await hooks.list(cwd)).hooks.filter(({ told }) =>
        told.eventName === event && told.enabled &&
        (trustsAll || told.trustStatus === "trusted" || told.isManaged)
      );
    } catch (error) {
      // A broken configuration is told of elsewhere.
      log.warn("hooks can't be read", { error: String(error) });
      return [];
    }
  }

  async #runAll(cause: Cause): Promise<HookRun[]> {
    const listed = await this.#list(cause.event, cause.cwd);
    const due = listed.filter(({ told }) =>
      cause.subjects.some((subject) => matches(told.matcher, subject))
    );
    const waitedFor = due.filter(({ work }) =>
      work.type !== "command" || !work.isAsync
    );
    for (const hook of due) {
      if (!waitedFor.includes(hook)) this.#runAside(hook, cause);
    }
    const startedAtMs = Date.now();
    const runs = waitedFor.map((hook) =>
      toBegun(hook, cause.event, cause.callId)
    );
    for (const run of runs) tell("hook/started", run, cause);
    let rank = 0;
    const ended = await Promise.all(waitedFor.map(async (hook) => {
      const report = await this.#run(hook, cause);
      return { report, rank: rank++, durationMs: Date.now() - startedAtMs };
    }));
    // Of what was broken off, nobody is told how it ended.
    if (cause.signal.aborted) return [];
    return ended.map(({ report, rank, durationMs }, at) => {
      const run = toEnded(runs[at]!, report, durationMs);
      tell("hook/completed", run, cause);
      return { run, report, rank };
    });
  }

  async #run(hook: Hook, cause: Cause): Promise<HookReport> {
    const { signal } = cause;
    try {
      const report = hook.work.type === "command"
        ? await this.#runCommand(hook, hook.work.command, cause)
        : await this.#callTool(hook, hook.work, cause);
      if (report.context === null) return report;
      const { additionalContextLimit } = hook.told;
      const { home } = this.#options;
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

  async #runCommand(
    { told, plugin }: Hook,
    command: string,
    { event, input, cwd, signal }: Cause,
  ): Promise<HookReport> {
    const { programs, shell = "/bin/sh" } = this.#options;
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

  async #callTool(
    { told }: Hook,
    { server, tool, input }: { server: string; tool: string; input: unknown },
    { event, input: facts, signal }: Cause,
  ): Promise<HookReport> {
    const { callTool } = this.#options;
    const filled = fillPlaceholders(input, facts) as JsonValue;
    if (callTool === undefined) {
      return toFailure(`unknown MCP server '${server}'`);
    }
    const limit = AbortSignal.timeout(told.timeoutSec * 1000);
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

  /** Runs one that nobody waits for, and of which nobody is told. */
  #runAside(hook: Hook, cause: Cause): void {
    const { signal } = this.#end;
    this.#run(hook, { ...cause, signal }).then(({ context, entries }) => {
      const warning = entries.find(({ kind }) => kind === "warning")?.text ??
        null;
      if (context !== null || warning !== null) {
        this.#late.push({ context, warning });
      }
    });
  }
}

function toTimedOut(seconds: number): HookReport {
  return toFailure(`hook timed out after ${seconds}s`);
}

function tell(
  method: "hook/started" | "hook/completed",
  run: HookRunSummary,
  { threadId, turnId, tell }: Cause,
): void {
  tell(method, { threadId, turnId, run });
}
