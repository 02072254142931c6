import type { Config } from "../config/mod.ts";
import type { Models } from "../model/mod.ts";
import type { JsonValue, ThreadSettings } from "../protocol/mod.ts";
import { withoutOverridden } from "./_without_overridden.ts";
import { resolveSettings } from "./settings.ts";
import type { Remembered, Wishes } from "./wishes.ts";
import type { Threads } from "./threads.ts";

/** What somebody wants of a thread that is set up. */
export interface SetupWishes extends Wishes {
  /** Settings of the configuration, by their dotted paths. */
  readonly config?: Readonly<Record<string, JsonValue | undefined>> | null;
}

/** Who wants it, and of which thread. */
export interface SetupOrder {
  /** Absolute; where the thread works. */
  readonly cwd: string;
  /** What the thread remembers of earlier. Default: nothing. */
  readonly remembered?: Remembered;
  /** Name of the client. */
  readonly originator: string;
}

/** How a thread is set up. */
export interface Setup {
  readonly config: Config;
  /** Who is asked under that configuration. */
  readonly models: Models;
  readonly settings: ThreadSettings;
  /** What was asked for and not granted, in words for users. */
  readonly fallbacks: readonly string[];
  /** What requests to models go without, in words for users. */
  readonly omissions: readonly string[];
}

/**
 * Sets up a thread that is opened, as a client wishes, as it remembers and as
 * the configuration of its place says. Whether its model provider is there is
 * for the caller to check.
 *
 * @throws {RpcError} if the configuration is broken, or wishes contradict each
 * other.
 */
export async function setUpThread(
  threads: Threads,
  wishes: SetupWishes,
  { cwd, remembered = {}, originator }: SetupOrder,
): Promise<Setup> {
  const config = await threads.readConfig(
    cwd,
    (wishes.config ?? {}) as Record<string, JsonValue>,
    wishes,
  );
  const models = threads.createModels(config, originator);
  const fallbacks: string[] = [];
  const omissions: string[] = [];
  const settings = resolveSettings(
    wishes,
    withoutOverridden(remembered, wishes),
    {
      config,
      cwd,
      trust: await threads.findTrust(config, cwd),
      environmentIds: threads.environmentIds,
      defaultModel: models.defaultModel,
      serviceTiers: (model) => models.facts(model).serviceTiers,
      onFallback: (message) => fallbacks.push(message),
      onOmission: (message) => omissions.push(message),
    },
  );
  return { config, models, settings, fallbacks, omissions };
}
