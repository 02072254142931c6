import type { HookEventName, HookScope } from "../protocol/mod.ts";

/** What is particular to an event. */
export interface HookEvent {
  /** Its name where hooks are declared, and in what they read. */
  readonly declared: string;
  /** Its name in keys. */
  readonly key: string;
  /** Its name in ids of runs. */
  readonly run: string;
  /** What a run of it belongs to. */
  readonly scope: HookScope;
  /** Whether a matcher says what it runs for. */
  readonly isMatched: boolean;
  /** Seconds after which it is ended, unless it says otherwise. */
  readonly timeoutSec: number;
  /** Seconds that it may take at most. */
  readonly maxTimeoutSec?: number;
  /** Whether its hooks can tell the model something. */
  readonly hasContext: boolean;
  /** Whether its hooks are waited for, whatever they say of themselves. */
  readonly isAwaited: boolean;
}

type Particulars = Partial<Omit<HookEvent, "declared" | "key" | "run">>;

function event(declared: string, particulars: Particulars = {}): HookEvent {
  const words = declared.replaceAll(/(?<!^)[A-Z]/g, " $&").toLowerCase();
  return {
    declared,
    key: words.replaceAll(" ", "_"),
    run: words.replaceAll(" ", "-"),
    scope: "turn",
    isMatched: false,
    timeoutSec: 600,
    hasContext: false,
    isAwaited: false,
    ...particulars,
  };
}

const isMatched = true;
const hasContext = true;

/** Every event, in the order of lists. */
export const hookEvents: Readonly<Record<HookEventName, HookEvent>> = {
  preModelRequest: event("PreModelRequest"),
  postModelRequest: event("PostModelRequest"),
  preToolUse: event("PreToolUse", { isMatched, hasContext }),
  permissionRequest: event("PermissionRequest", { isMatched }),
  postToolUse: event("PostToolUse", { isMatched, hasContext }),
  preCompact: event("PreCompact", { isMatched }),
  postCompact: event("PostCompact", { isMatched }),
  sessionStart: event("SessionStart", {
    isMatched,
    hasContext,
    scope: "thread",
  }),
  sessionEnd: event("SessionEnd", {
    isMatched,
    scope: "thread",
    timeoutSec: 1,
    maxTimeoutSec: 3,
    isAwaited: true,
  }),
  userPromptSubmit: event("UserPromptSubmit", { hasContext }),
  subagentStart: event("SubagentStart", {
    isMatched,
    hasContext,
    scope: "thread",
  }),
  subagentStop: event("SubagentStop", { isMatched }),
  stop: event("Stop"),
  interrupt: event("Interrupt", { timeoutSec: 1 }),
};
