import type { TurnEnd } from "../agent/mod.ts";
import type { CollabAgentState } from "../protocol/mod.ts";
import type { TurnCompanion } from "./thread_parts.ts";

/**
 * How a thread is doing, as agents above it see it: what came of the turn that
 * it played last, or that one runs.
 */
export class AgentLife {
  #state: CollabAgentState = { status: "pendingInit", message: null };
  readonly #watchers = new Set<() => void>();

  /** How it is doing. */
  get state(): CollabAgentState {
    return this.#state;
  }

  /**
   * Calls `watcher` after every change.
   *
   * @returns Ends that.
   */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The thread is closed. */
  end(): void {
    this.#become("shutdown", null);
  }

  /**
   * Follows the turns of a thread.
   *
   * @param isIdle Whether it has nothing to do.
   * @returns The same companion, that is listened to.
   */
  follow(companion: TurnCompanion, isIdle: () => boolean): TurnCompanion {
    return {
      begin: (turn) => {
        this.#become("running", null);
        companion.begin(turn);
      },
      note: (turnId, item) => companion.note(turnId, item),
      ready: () => companion.ready(),
      settle: (turn, end) => companion.settle(turn, end),
      markUnread: (turn, end) => companion.markUnread(turn, end),
      goOn: (end) => {
        companion.goOn(end);
        if (isIdle()) this.#come(end);
      },
    };
  }

  #come({ status, error, lastAgentMessage }: TurnEnd): void {
    if (status === "failed") this.#become("errored", error?.message ?? null);
    else if (status === "interrupted") this.#become("interrupted", null);
    else this.#become("completed", lastAgentMessage?.text ?? null);
  }

  #become(status: CollabAgentState["status"], message: string | null): void {
    this.#state = { status, message };
    for (const watcher of [...this.#watchers]) watcher();
  }
}
