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
}

function event(
  declared: string,
  { isMatched = false, scope = "turn" as HookScope, timeoutSec = 600 } = {},
): HookEvent {
  const words = declared.replaceAll(/(?<!^)[A-Z]/g, " $&").toLowerCase();
  return {
    declared,
    key: words.replaceAll(" ", "_"),
    run: words.replaceAll(" ", "-"),
    scope,
    isMatched,
    timeoutSec,
  };
}

/** Every event, in the order of lists. */
export const hookEvents: Readonly<Record<HookEventName, HookEvent>> = {
  preModelRequest: event("PreModelRequest"),
  postModelRequest: event("PostModelRequest"),
  preToolUse: event("PreToolUse", { isMatched: true }),
  permissionRequest: event("PermissionRequest", { isMatched: true }),
  postToolUse: event("PostToolUse", { isMatched: true }),
  preCompact: event("PreCompact", { isMatched: true }),
  postCompact: event("PostCompact", { isMatched: true }),
  sessionStart: event("SessionStart", { isMatched: true, scope: "thread" }),
  sessionEnd: event("SessionEnd", {
    isMatched: true,
    scope: "thread",
    timeoutSec: 1,
  }),
  userPromptSubmit: event("UserPromptSubmit"),
  subagentStart: event("SubagentStart", { isMatched: true }),
  subagentStop: event("SubagentStop", { isMatched: true }),
  stop: event("Stop"),
  interrupt: event("Interrupt", { timeoutSec: 1 }),
};
