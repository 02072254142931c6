import type { Agent } from "../agent/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Models } from "../model/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";
import type { TurnHost } from "./live_turn.ts";
import type { ThreadParts } from "./thread_parts.ts";

/** A thread, as far as something can be odd about it. */
export interface OddThread
  extends
    Pick<TurnHost, "threadId" | "publish">,
    Pick<ThreadParts, "fallbacks" | "omissions" | "findFeatureNotices"> {
  readonly agent: Pick<Agent, "warnings">;
  readonly models: Pick<Models, "facts">;
  readonly settings: Pick<ThreadSettings, "cwd" | "model">;
  readonly config: Pick<Config, "warnings">;
}

/**
 * Tells the followers of a thread what is odd about how it is set up: names of
 * features that are out of use, what is wrong with the configuration, what was
 * not granted, features that may not work, what is wrong with its hooks, and
 * what models are not asked for.
 */
export async function tellOddities(thread: OddThread): Promise<void> {
  const { agent, settings, config, fallbacks, omissions } = thread;
  const features = await thread.findFeatureNotices();
  for (const notice of features?.deprecations ?? []) {
    thread.publish("deprecationNotice", notice);
  }
  for (const { summary } of config.warnings) warn(thread, summary);
  for (const message of fallbacks) warn(thread, message);
  if (features?.warning != null) warn(thread, features.warning);
  for (const message of await agent.warnings(settings.cwd)) {
    warn(thread, message);
  }
  for (const message of omissions) warn(thread, message);
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
