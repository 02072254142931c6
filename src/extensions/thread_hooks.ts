import type {
  Farewell,
  HookOccasion,
  HookScene,
  HookVerdict,
  LateWord,
} from "../agent/mod.ts";
import type {
  HookEventName,
  HookRunSummary,
  NotificationName,
  ServerNotifications,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { matches } from "./_hook_declarations.ts";
import {
  farewellReason,
  type HookedAgent,
  toFarewell,
  toHookInput,
  toSubjects,
} from "./_hook_input.ts";
import type { HookRun } from "./_hook_run.ts";
import { toBegun, toEnded } from "./_hook_summary.ts";
import { toVerdict } from "./_hook_verdict.ts";
import { type HookCause, type HookMeans, runHook } from "./_run_hook.ts";
import type { Hook, Hooks } from "./hooks.ts";

/** What hooks of a thread are run with. */
export interface ThreadHooksOptions extends HookMeans {
  readonly hooks: Hooks;
  readonly threadId: string;
  /** False if whoever opened the thread wants none. Default: true. */
  readonly isHooked?: boolean;
  /** Where the thread is stored, for hooks to read. */
  readonly transcriptPath: string | null;
  /** Which agent the thread is. Default: none. */
  readonly agent?: HookedAgent | null;
  /** Whether those run that nobody has trusted. Default: false. */
  readonly trustsAll?: boolean;
  readonly log: Logger;
}

/** What hooks are run for. */
interface Cause extends HookCause {
  /** What matchers are held against. */
  readonly subjects: readonly string[];
  readonly callId?: string;
  readonly turnId: string | null;
  readonly tell: Teller;
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
      input: toHookInput(occasion, scene, this.#options),
      subjects: toSubjects(occasion, this.#options.agent),
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
    // An agent is a part of the session of the thread above it.
    if (this.#options.agent != null) return this[Symbol.dispose]();
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
      return (await hooks.list(cwd, event)).hooks.filter(({ told }) =>
        told.enabled &&
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
      const report = await runHook(hook, cause, this.#options);
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

  /** Runs one that nobody waits for, and of which nobody is told. */
  #runAside(hook: Hook, cause: Cause): void {
    const { signal } = this.#end;
    runHook(hook, { ...cause, signal }, this.#options).then(
      ({ context, entries }) => {
        const warning = entries.find(({ kind }) => kind === "warning")?.text ??
          null;
        if (context !== null || warning !== null) {
          this.#late.push({ context, warning });
        }
      },
    );
  }
}

function tell(
  method: "hook/started" | "hook/completed",
  run: HookRunSummary,
  { threadId, turnId, tell }: Cause,
): void {
  tell(method, { threadId, turnId, run });
}
