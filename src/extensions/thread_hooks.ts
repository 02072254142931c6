import type { HookOccasion, HookScene, HookVerdict } from "../agent/mod.ts";
import type { HookOutputEntry, HookRunSummary } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { matches } from "./_hook_declarations.ts";
import { hookEvents } from "./_hook_events.ts";
import { toHookInput, toSubjects } from "./_hook_input.ts";
import { type HookReport, toFailure, toReport } from "./_hook_output.ts";
import { type ProgramRunner, runProgram } from "./_run_program.ts";
import type { Hook, Hooks } from "./hooks.ts";

/** What hooks of a thread are run with. */
export interface ThreadHooksOptions {
  readonly hooks: Hooks;
  /** Where they are run: they die with the server. */
  readonly programs: ProgramRunner;
  /** The shell that reads their command lines. Default: `/bin/sh`. */
  readonly shell?: string;
  /** Where the thread is stored, for hooks to read. */
  readonly transcriptPath: string | null;
  /** Whether those run that nobody has trusted. Default: false. */
  readonly trustsAll?: boolean;
  readonly log: Logger;
}

/** Nothing was said. */
const silence: HookVerdict = {
  blocked: null,
  stopped: null,
  contexts: [],
  fragments: [],
};

/** Bytes of what a hook may say. */
const maxBytes = 256 * 1024;

/**
 * Runs the hooks of a thread that are on and trusted. What goes wrong with one
 * is told to clients, and is no reason for a turn to fail.
 */
export class ThreadHooks {
  readonly #options: ThreadHooksOptions;
  readonly #late: string[] = [];

  constructor(options: ThreadHooksOptions) {
    this.#options = options;
  }

  /**
   * Runs those for an occasion, side by side.
   *
   * @throws {unknown} the signal's reason.
   */
  async occur(occasion: HookOccasion, scene: HookScene): Promise<HookVerdict> {
    const due = await this.#find(occasion, scene);
    if (due.length === 0) return silence;
    const input = toHookInput(occasion, scene, this.#options.transcriptPath);
    const waitedFor: Hook[] = [];
    for (const hook of due) {
      if (hook.told.handlerType === "command" && hook.told.async) {
        this.#runAside(hook, input, scene);
      } else waitedFor.push(hook);
    }
    const startedAtMs = Date.now();
    const runs = waitedFor.map((hook) => begin(hook, occasion));
    for (const run of runs) tell("hook/started", run, scene);
    const ended = await Promise.all(waitedFor.map(async (hook) => {
      const report = await this.#run(hook, input, scene);
      return { report, durationMs: Date.now() - startedAtMs };
    }));
    const reports = ended.map(({ report }) => report);
    for (const [at, { report, durationMs }] of ended.entries()) {
      tell("hook/completed", end(runs[at]!, report, durationMs), scene);
    }
    scene.signal.throwIfAborted();
    return join(reports, runs);
  }

  /** Takes what hooks said that nobody waited for. */
  takeLate(): readonly string[] {
    return this.#late.splice(0);
  }

  async #find(occasion: HookOccasion, { settings }: HookScene) {
    const { hooks, log, trustsAll = false } = this.#options;
    try {
      const { hooks: listed } = await hooks.list(settings.cwd);
      const subjects = toSubjects(occasion);
      return listed.filter(({ told }) =>
        told.eventName === occasion.event && told.enabled &&
        (trustsAll || told.trustStatus === "trusted" || told.isManaged) &&
        subjects.some((subject) => matches(told.matcher, subject))
      );
    } catch (error) {
      // A broken configuration is told of elsewhere.
      log.warn("hooks can't be read", { error: String(error) });
      return [];
    }
  }

  async #run(
    hook: Hook,
    input: Record<string, unknown>,
    { settings, signal }: HookScene,
  ): Promise<HookReport> {
    const { told, work, pluginRoot } = hook;
    if (work.type !== "command") {
      return toFailure("hooks that are MCP tools are not run by this server");
    }
    const { programs, shell = "/bin/sh" } = this.#options;
    try {
      const result = await runProgram(
        {
          command: [shell, "-lc", work.command],
          cwd: settings.cwd,
          env: pluginRoot === undefined
            ? {}
            : { CLAUDE_PLUGIN_ROOT: pluginRoot, PLUGIN_ROOT: pluginRoot },
          input: JSON.stringify(input),
          timeoutMs: told.timeoutSec * 1000,
          capBytes: maxBytes,
        },
        programs,
        { signal },
      );
      return result.isTimedOut
        ? toFailure(`hook timed out after ${told.timeoutSec}s`)
        : toReport(told.eventName, result);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return toFailure(signal.aborted ? "hook was interrupted" : reason);
    }
  }

  /** Runs one that nobody waits for, and of which nobody is told. */
  #runAside(
    hook: Hook,
    input: Record<string, unknown>,
    scene: HookScene,
  ): void {
    const { signal } = new AbortController();
    this.#run(hook, input, { ...scene, signal }).then(({ context }) => {
      if (context !== null) this.#late.push(context);
    });
  }
}

function tell(
  method: "hook/started" | "hook/completed",
  run: HookRunSummary,
  { stage }: HookScene,
): void {
  const { threadId, turnId } = stage;
  stage.tell(method, { threadId, turnId, run });
}

function begin({ told }: Hook, occasion: HookOccasion): HookRunSummary {
  const { run, scope } = hookEvents[told.eventName];
  const suffix = "tool" in occasion ? `:${occasion.tool.callId}` : "";
  return {
    id: `${run}:${told.displayOrder}:${told.sourcePath}${suffix}`,
    eventName: told.eventName,
    handlerType: told.handlerType,
    executionMode: "sync",
    scope,
    sourcePath: told.sourcePath,
    source: told.source,
    displayOrder: told.displayOrder,
    status: "running",
    statusMessage: told.statusMessage,
    startedAt: Math.floor(Date.now() / 1000),
    completedAt: null,
    durationMs: null,
    entries: [],
  };
}

function end(
  run: HookRunSummary,
  report: HookReport,
  durationMs: number,
): HookRunSummary {
  const entries: HookOutputEntry[] = [...report.entries];
  return {
    ...run,
    status: report.status,
    completedAt: Math.floor(Date.now() / 1000),
    durationMs,
    entries,
  };
}

function join(
  reports: readonly HookReport[],
  runs: readonly HookRunSummary[],
): HookVerdict {
  const blocking = reports.flatMap(({ blocked }, at) =>
    blocked === null ? [] : [{ text: blocked, hookRunId: runs[at]!.id }]
  );
  const stopped = reports.find((report) => report.stopped !== null)?.stopped ??
    null;
  const input = reports.findLast((report) => report.input !== undefined)?.input;
  return {
    blocked: blocking.length === 0
      ? null
      : blocking.map(({ text }) => text).join("\n\n"),
    stopped,
    contexts: reports.flatMap(({ context }) => context ?? []),
    fragments: blocking,
    ...input !== undefined && { input },
  };
}
