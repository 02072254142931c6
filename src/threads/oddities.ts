import type { Agent } from "../agent/mod.ts";
import type { Models } from "../model/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";
import type { TurnHost } from "./live_turn.ts";

/** A thread, as far as something can be odd about it. */
export interface OddThread extends Pick<TurnHost, "threadId" | "publish"> {
  readonly agent: Pick<Agent, "warnings">;
  readonly models: Pick<Models, "facts">;
  readonly settings: Pick<ThreadSettings, "cwd" | "model">;
  /** What was asked for and not granted, in words for users. */
  readonly fallbacks: readonly string[];
}

/**
 * Tells the followers of a thread what is odd about how it is set up: what was
 * not granted, then what is wrong with its hooks.
 */
export async function tellOddities(thread: OddThread): Promise<void> {
  const { agent, settings, fallbacks } = thread;
  for (const message of fallbacks) warn(thread, message);
  for (const message of await agent.warnings(settings.cwd)) {
    warn(thread, message);
  }
}

/** Tells the followers of a thread if nothing is known of its model. */
export function tellUnknownModel(thread: OddThread): void {
  const { model } = thread.settings;
  if (thread.models.facts(model).isKnown) return;
  warn(
    thread,
    `Model metadata for \`${model}\` not found. Defaulting to fallback ` +
      "metadata; this can degrade performance and cause issues.",
  );
}

function warn(thread: OddThread, message: string): void {
  thread.publish("warning", { threadId: thread.threadId, message });
}
