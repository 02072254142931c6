import type { HookEventName, HookRunSummary } from "../protocol/mod.ts";
import { hookEvents } from "./_hook_events.ts";
import type { HookReport } from "./_hook_output.ts";
import type { Hook } from "./hooks.ts";

/**
 * A run as it begins.
 *
 * @param callId The call that it is about, if it is about one.
 */
export function toBegun(
  { told }: Hook,
  event: HookEventName,
  callId?: string,
): HookRunSummary {
  const { run, scope } = hookEvents[event];
  const suffix = callId === undefined ? "" : `:${callId}`;
  return {
    id: `${run}:${told.displayOrder}:${told.sourcePath}${suffix}`,
    eventName: event,
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

/** The same as it ends. */
export function toEnded(
  run: HookRunSummary,
  { status, entries }: HookReport,
  durationMs: number,
): HookRunSummary {
  return {
    ...run,
    status,
    completedAt: Math.floor(Date.now() / 1000),
    durationMs,
    entries: [...entries],
  };
}
