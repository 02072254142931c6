import {
  Announcement,
  type ConfigWarningNotification,
} from "../protocol/mod.ts";
import type { Audience } from "./audience.ts";
import type { Thread } from "./thread.ts";

/** What everybody is told of threads, whether they follow them or not. */
export class Notices {
  readonly #audience: Audience;
  /** What every client was told of the configuration when it connected. */
  readonly #told: ReadonlySet<string>;

  constructor(
    audience: Audience,
    told: readonly ConfigWarningNotification[] = [],
  ) {
    this.#audience = audience;
    this.#told = new Set(told.map((one) => JSON.stringify(one)));
  }

  /** Tells something that belongs to no loaded thread. */
  announce(announcement: Announcement): void {
    this.#audience.announce(announcement);
  }

  /**
   * Tells what is odd about the configuration of a thread alone. Its followers
   * are told all that is odd about it when it introduces itself.
   */
  tellWarnings({ config, fallbacks }: Thread): void {
    const isNews = (warning: ConfigWarningNotification) =>
      !this.#told.has(JSON.stringify(warning));
    for (const warning of config.warnings) {
      if (isNews(warning)) this.#tell("configWarning", warning);
    }
    const fallenBack = fallbacks.map((summary) => ({ summary, details: null }));
    for (const warning of fallenBack.filter(isNews)) {
      this.#tell("configWarning", warning);
    }
  }

  /** Tells of a thread that was opened. */
  tellStarted(thread: Thread): void {
    thread.proclaim("thread/started", {
      thread: { ...thread.view, turns: [] },
    });
  }

  /** Tells of a thread that is loaded no longer. */
  tellUnloaded(threadId: string): void {
    this.#tell("thread/status/changed", {
      threadId,
      status: { type: "notLoaded" },
    });
  }

  /** Tells of a thread that was let go of because nobody was there. */
  tellClosed(threadId: string): void {
    this.tellUnloaded(threadId);
    this.#tell("thread/closed", { threadId });
  }

  #tell<N extends Announcement["method"]>(
    method: N,
    params: Announcement<N>["params"],
  ): void {
    const announcement = new Announcement(method, params);
    this.announce(announcement as unknown as Announcement);
  }
}
