import { closeWatcher } from "./_directory_watchers.ts";

/**
 * Hears what happens in all directories that anybody in this process watches.
 *
 * The runtime gives an event only to those whose paths hold the real path of
 * what it is about: who watches a directory does not hear of a link in it that
 * leads elsewhere. But everything is in the root.
 */
export class Ear implements Disposable {
  readonly #watcher: Deno.FsWatcher | undefined;

  /** Hears nothing if the process may not read the root. */
  constructor(onEvent: (event: Deno.FsEvent) => void) {
    try {
      this.#watcher = Deno.watchFs("/", { recursive: false });
    } catch {
      return;
    }
    this.#pump(this.#watcher, onEvent);
  }

  [Symbol.dispose](): void {
    if (this.#watcher !== undefined) closeWatcher(this.#watcher);
  }

  async #pump(
    watcher: Deno.FsWatcher,
    onEvent: (event: Deno.FsEvent) => void,
  ): Promise<void> {
    try {
      for await (const event of watcher) onEvent(event);
    } catch {
      // It is a complement: watches hear most for themselves.
    }
  }
}
