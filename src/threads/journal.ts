import type { Config } from "../config/mod.ts";
import type {
  ThreadItem,
  ThreadSettings,
  Turn,
  UserInput,
} from "../protocol/mod.ts";
import {
  type OpenPayload,
  type Rollout,
  type RolloutRecord,
  toItemRecords,
  toStoredError,
} from "../rollout/mod.ts";
import { toStoredSettings } from "./stored_settings.ts";

/** What a journal needs to know of a turn. */
interface TurnFacts {
  readonly threadId: string;
  readonly turnId: string;
  readonly rootTurnId: string;
  readonly startedAtMs: number;
}

/** What a user said, and under which name. */
interface Said {
  readonly input: readonly UserInput[];
  readonly clientUserMessageId: string | null;
}

/**
 * Writes down what happens in a thread. Its file comes to be with its first
 * turn: a thread in which nothing was said leaves none.
 */
export class Journal implements AsyncDisposable {
  /** The file; nothing for a thread that is not kept. */
  readonly rollout: Rollout | undefined;
  readonly #lock: AsyncDisposable | undefined;
  /** Ends of turns that could not be written; to go before all others. */
  #owed: readonly RolloutRecord[] = [];
  /** The settings that were written last. */
  #settings: string | undefined;

  /** @param lock Keeps other writers away; given back with the file. */
  constructor(rollout: Rollout | undefined, lock?: AsyncDisposable) {
    this.rollout = rollout;
    this.#lock = lock;
  }

  /** A journal that goes on in another file, under the same lock. */
  goOn(rollout: Rollout): Journal {
    return new Journal(rollout, this.#lock);
  }

  /** Whether it is on disk. */
  get isMaterialized(): boolean {
    return this.rollout?.isMaterialized ?? false;
  }

  /**
   * Keeps records that mean nothing before the first turn: they are written
   * with it, or now if there was one.
   */
  defer(...records: readonly RolloutRecord[]): void {
    this.rollout?.defer(...records);
  }

  /**
   * Writes records; they are with the system when this returns.
   *
   * @throws {Error} if they can't be written; then none of them is.
   */
  append(records: readonly RolloutRecord[]): void {
    if (records.length === 0) return;
    this.rollout?.append(...this.#owed, ...records);
    this.#owed = [];
  }

  /** Writes an item as it ended. */
  appendItem(
    threadId: string,
    turnId: string,
    item: ThreadItem,
    historyMode: string,
  ): void {
    this.append(toItemRecords(threadId, turnId, item, { historyMode }));
  }

  /**
   * Writes that a turn begins, with what the user said: it has been accepted,
   * and must not be lost before its message is an item. Writes with it how the
   * thread is set up, if that is news.
   *
   * @throws {Error} if it can't be written; then nothing of it is.
   */
  appendTurnStart(
    turn: TurnFacts,
    said: Said | undefined,
    settings: ThreadSettings,
    config: Config,
  ): void {
    const stored = toStoredSettings(settings, config);
    const text = JSON.stringify(stored);
    const isNews = text !== this.#settings;
    this.append([{
      type: "event_msg",
      payload: {
        type: "task_started",
        turn_id: turn.turnId,
        root_turn_id: turn.rootTurnId,
        started_at: Math.floor(turn.startedAtMs / 1000),
        collaboration_mode_kind: settings.collaborationMode.mode,
        ...said && { gangway: toAccepted(said) },
      },
    }, ...isNews ? [toSettingsRecord(turn.threadId, stored)] : []]);
    this.#settings = text;
  }

  /**
   * Writes how the thread is set up from now on, if there is something of it on
   * disk and that is news; else it is written with its next turn.
   */
  appendSettings(
    threadId: string,
    settings: ThreadSettings,
    config: Config,
  ): void {
    if (!this.isMaterialized) return;
    const stored = toStoredSettings(settings, config);
    const text = JSON.stringify(stored);
    if (text === this.#settings) return;
    this.append([toSettingsRecord(threadId, stored)]);
    this.#settings = text;
  }

  /** Writes what was said while a turn runs: it has been accepted as well. */
  appendSaid(turnId: string, said: Said): void {
    this.append([{
      type: "event_msg",
      payload: {
        type: "gangway_said",
        turn_id: turnId,
        gangway: toAccepted(said),
      },
    }]);
  }

  /**
   * Writes what somebody is asked: if the server dies before it is answered,
   * it is on record what the turn was waiting for.
   */
  appendQuestion(
    turnId: string,
    { id, method, params }: {
      readonly id: number;
      readonly method: string;
      readonly params: unknown;
    },
  ): void {
    this.append([{
      type: "event_msg",
      payload: {
        type: "gangway_request",
        turn_id: turnId,
        request_id: id,
        method,
        params,
      },
    }]);
  }

  /** Writes that a question needs no answer any more. */
  appendSettled(turnId: string, id: number): void {
    try {
      this.append([{
        type: "event_msg",
        payload: {
          type: "gangway_request_resolved",
          turn_id: turnId,
          request_id: id,
        },
      }]);
    } catch {
      // What comes of the answer will say that nothing can be stored.
    }
  }

  /**
   * Writes how a turn ended.
   *
   * @throws {Error} if it can't be written; then it goes before what is next.
   */
  appendTurnEnd(turn: TurnFacts, shown: Turn, lastText: string | null): void {
    const common = {
      turn_id: turn.turnId,
      root_turn_id: turn.rootTurnId,
      started_at: shown.startedAt,
      completed_at: shown.completedAt,
      duration_ms: shown.durationMs,
    };
    const error = shown.error && toStoredError(shown.error);
    const end: RolloutRecord = {
      type: "event_msg",
      payload: shown.status === "interrupted"
        ? {
          type: "turn_aborted",
          reason: "interrupted",
          ...common,
          ...error && { error },
        }
        : {
          type: "task_complete",
          last_agent_message: lastText,
          ...common,
          ...error && { error },
        },
    };
    try {
      this.append([end]);
    } catch (error) {
      this.#owed = [...this.#owed, end];
      throw error;
    }
  }

  /** Makes sure that what was written survives a loss of power. */
  async sync(): Promise<void> {
    await this.rollout?.sync();
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#owed.length > 0) this.rollout?.append(...this.#owed);
    } catch {
      // Without their ends, turns read back as interrupted.
    }
    await this.rollout?.[Symbol.asyncDispose]();
    await this.#lock?.[Symbol.asyncDispose]();
  }
}

/** What was said, under an id that it has until there is an item of it. */
function toAccepted({ input, clientUserMessageId }: Said): OpenPayload {
  return {
    message_id: crypto.randomUUID(),
    client_id: clientUserMessageId,
    input,
  };
}

function toSettingsRecord(
  threadId: string,
  stored: OpenPayload,
): RolloutRecord {
  return {
    type: "event_msg",
    payload: {
      type: "thread_settings_applied",
      thread_id: threadId,
      thread_settings: stored,
    },
  };
}
