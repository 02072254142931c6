import type {
  GitInfo,
  Thread as ThreadView,
  ThreadActiveFlag,
  ThreadItem,
  ThreadSettings,
  ThreadStatus,
} from "../protocol/mod.ts";
import { toPreview } from "./_preview.ts";

/** What a thread is shown with at first. */
export interface PortraitOptions {
  /** Where it was begun, in the terms of git. */
  readonly gitInfo: GitInfo | null;
  /** Whether it is shown by what is said next, in place of what was said. */
  readonly beginsAnew: boolean;
}

/** What clients see of a thread, without its turns. */
export class Portrait {
  readonly #gitInfo: GitInfo | null;
  #view: ThreadView;
  #beginsAnew: boolean;

  constructor(view: ThreadView, { gitInfo, beginsAnew }: PortraitOptions) {
    this.#view = view;
    this.#gitInfo = gitInfo;
    this.#beginsAnew = beginsAnew;
  }

  /** As it was noted, whatever its settings are. */
  get noted(): ThreadView {
    return this.#view;
  }

  /** With how it is set up now. */
  with(
    { model, modelProvider, cwd, effort, environments }: ThreadSettings,
  ): ThreadView {
    return {
      ...this.#view,
      model,
      modelProvider,
      cwd,
      environments,
      reasoningEffort: effort,
      canAcceptDirectInput: true,
    };
  }

  /** Where it was begun, as long as nobody is told: before its first message. */
  get unsaidGitInfo(): GitInfo | null {
    return this.#view.preview === "" ? this.#gitInfo : null;
  }

  /**
   * Takes note of what it waits for: something may be asked while no turn runs.
   *
   * @returns How it stands.
   */
  wait(activeFlags: ThreadActiveFlag[]): ThreadStatus {
    const { status } = this.#view;
    if (status.type === "active") {
      const active: ThreadStatus = { type: "active", activeFlags };
      this.change({ status: active });
      return active;
    }
    const isAsking = status.type === "idle" && activeFlags.length > 0;
    return isAsking ? { type: "active", activeFlags } : status;
  }

  change(changes: Partial<ThreadView>): void {
    this.#view = { ...this.#view, ...changes };
  }

  /** What is said next is what it is shown by. */
  beginAnew(): void {
    this.#beginsAnew = true;
  }

  /** What an item changes of it: the first message of the user does. */
  toChanges(item: ThreadItem): Partial<ThreadView> | undefined {
    const { ephemeral, preview, gitInfo } = this.#view;
    const isFirst = preview === "" || this.#beginsAnew;
    if (item.type !== "userMessage" || !isFirst || ephemeral) return undefined;
    this.#beginsAnew = false;
    return {
      preview: toPreview(item.content),
      gitInfo: gitInfo ?? this.#gitInfo,
    };
  }
}
