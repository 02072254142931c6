import { readRollout, type StoredThread } from "../rollout/mod.ts";

/** Pasts that are kept for the next page; each is a list of places. */
const MAX_KEPT = 8;

/**
 * Pasts of threads that are not loaded. The last few are kept, so that whoever
 * pages through one does not have it read from the beginning for every page.
 */
export class Histories {
  readonly #home: string;
  readonly #kept = new Map<string, Promise<StoredThread>>();

  constructor(home: string) {
    this.#home = home;
  }

  /**
   * What a rollout tells, up to now.
   *
   * @throws {Deno.errors.NotFound} if there is none.
   */
  async open(path: string): Promise<StoredThread> {
    const kept = this.#kept.get(path);
    this.#kept.delete(path);
    const reading = kept ?? readRollout(path, { home: this.#home });
    this.#kept.set(path, reading);
    try {
      const history = await reading;
      if (kept !== undefined) await history.refresh();
      for (const old of this.#kept.keys()) {
        if (this.#kept.size <= MAX_KEPT) break;
        this.#kept.delete(old);
      }
      return history;
    } catch (error) {
      this.#kept.delete(path);
      throw error;
    }
  }
}
