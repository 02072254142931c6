import {
  type NotificationName,
  RpcError,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
  type ThreadItem,
  type ThreadSettings,
  type Turn,
  type TurnError,
  type UserInput,
} from "../protocol/mod.ts";
import type { RolloutRecord } from "../rollout/mod.ts";
import type { AskOptions, Stage } from "../tools/mod.ts";
import { LiveItems } from "./live_items.ts";

/** What a turn needs of its thread. */
export interface TurnHost {
  readonly threadId: string;
  /** Whether what is stored can be read again. */
  readonly isKept: boolean;
  /** Tells the thread's followers. */
  publish<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void;
  /** Stores records; throws if they can't be. */
  store(records: readonly RolloutRecord[]): void;
  /** Stores what was said while a turn runs; throws if it can't be. */
  storeSaid(turnId: string, said: Said): void;
  /** Stores an item as it ended. */
  storeItem(turnId: string, item: ThreadItem): void;
  /** As {@linkcode Stage.ask}. */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: AskOptions,
    turn: LiveTurn,
  ): Promise<ServerRequests[M]["result"]>;
}

/** More that was said while a turn runs. */
export interface Said {
  readonly input: readonly UserInput[];
  readonly clientUserMessageId: string | null;
}

/** How a turn is that runs, or has just ended. */
type Ending = Pick<Turn, "status" | "error" | "completedAt" | "durationMs">;

/**
 * A turn while it lasts: the stage that it is played on, and what somebody who
 * comes in the middle of it has to be shown.
 */
export class LiveTurn implements Stage {
  readonly threadId: string;
  readonly turnId: string;
  /** First turn of the chain of work that it belongs to. */
  readonly rootTurnId: string;
  /** What kind of work it is: not all can be steered. */
  readonly kind: "regular" | "compact" | "review" | "shell";
  /** What was changed of its settings while it runs. */
  changes: Partial<ThreadSettings> = {};
  /** Ends it. */
  readonly controller: AbortController = new AbortController();
  /** Unix milliseconds. */
  readonly startedAtMs: number = Date.now();
  readonly #host: TurnHost;
  readonly #items = new LiveItems();
  #said: Said[] = [];
  #heard: () => void = () => {};
  #isClosed = false;
  #isOver = false;
  #ending: Ending = {
    status: "inProgress",
    error: null,
    completedAt: null,
    durationMs: null,
  };

  constructor(
    host: TurnHost,
    facts: Pick<LiveTurn, "turnId" | "rootTurnId" | "kind">,
  ) {
    this.#host = host;
    this.threadId = host.threadId;
    this.turnId = facts.turnId;
    this.rootTurnId = facts.rootTurnId;
    this.kind = facts.kind;
  }

  /** Takes what was said meanwhile, as {@linkcode SteeringInbox.take}. */
  take(): Said[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  /**
   * Puts in what was said meanwhile; false if it is too late for that.
   *
   * @throws {RpcError} if too much waits already.
   * @throws {Error} if it can't be stored; then it was not said.
   */
  say(said: Said): boolean {
    if (this.#isClosed) return false;
    if (this.#said.length >= MAX_SAID) {
      throw RpcError.overloaded(
        `too many messages: ${MAX_SAID} wait for the agent to hear them`,
      );
    }
    this.#host.storeSaid(this.turnId, said);
    this.#said.push(said);
    return true;
  }

  /**
   * Has the agent ask once more, for its conversation holds something new;
   * false if it is too late for that.
   */
  remind(): boolean {
    if (this.#isClosed) return false;
    this.#said.push({ input: [], clientUserMessageId: null });
    return true;
  }

  /** Who listens, as {@linkcode SteeringInbox.listen}. */
  listen(heard: () => void): () => void {
    this.#heard = heard;
    this.speakUp();
    return () => {
      this.#heard = () => {};
    };
  }

  /** Has the agent hear what waits: call it once the client knows. */
  speakUp(): void {
    if (this.#said.length > 0) this.#heard();
  }

  /**
   * Lets nobody say more; false if somebody has, and is to be heard first.
   */
  close(): boolean {
    if (this.#said.length > 0) return false;
    this.#isClosed = true;
    return true;
  }

  /**
   * The items as they are now, in the order of their beginnings; without the
   * output of commands that are over, where that is long.
   */
  get items(): ThreadItem[] {
    return this.#items.all;
  }

  /** How many items are no longer held whole. */
  get storedOnly(): number {
    return this.#items.storedOnly;
  }

  /**
   * The items whole.
   *
   * @param stored Those of this turn that have been stored.
   */
  wholeItems(stored: readonly ThreadItem[]): ThreadItem[] {
    return this.#items.whole(stored);
  }

  started(item: ThreadItem): void {
    const startedAtMs = item.startedAtMs ?? Date.now();
    const shown = { ...item, startedAtMs, completedAtMs: null };
    this.#items.set(shown);
    const { threadId, turnId } = this;
    this.#host.publish("item/started", {
      item: { ...shown },
      threadId,
      turnId,
      startedAtMs,
    });
  }

  completed(item: ThreadItem): void {
    if (this.#items.get(item.id) === undefined) this.started(item);
    const completedAtMs = item.completedAtMs ?? Date.now();
    const { startedAtMs } = this.#items.get(item.id)!;
    const shown = {
      ...item,
      startedAtMs: item.startedAtMs ?? startedAtMs ?? completedAtMs,
      completedAtMs,
    };
    this.#host.storeItem(this.turnId, shown);
    if (this.#host.isKept) this.#items.setStored(shown);
    else this.#items.set(shown);
    const { threadId, turnId } = this;
    this.#host.publish("item/completed", {
      item: shown,
      threadId,
      turnId,
      contentTokenCount: null,
      completedAtMs,
    });
    if (this.#isOver) this.#items.delete(item.id);
  }

  tell<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    this.#items.follow(method, params);
    this.#host.publish(method, params);
  }

  record(...records: RolloutRecord[]): void {
    this.#host.store(records);
  }

  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: AskOptions,
  ): Promise<ServerRequests[M]["result"]> {
    return this.#host.ask(method, params, options, this);
  }

  /** Whether it breaks off, and is not over yet. */
  get isEnding(): boolean {
    return this.controller.signal.aborted && !this.#isOver;
  }

  /** Sets how it ended. */
  end({ status, error }: Pick<Ending, "status" | "error">): void {
    const completedAtMs = Date.now();
    this.#ending = {
      status,
      error,
      completedAt: Math.floor(completedAtMs / 1000),
      durationMs: completedAtMs - this.startedAtMs,
    };
  }

  /**
   * Lets go of what only those need who come in the middle. What still goes on,
   * such as a command in the background, may end later.
   */
  forget(): void {
    this.#isOver = true;
    for (const { id, completedAtMs } of this.#items.all) {
      if (completedAtMs != null) this.#items.delete(id);
    }
  }

  /** The turn as clients see it. */
  toTurn(view: Turn["itemsView"], items: ThreadItem[] = []): Turn {
    return {
      id: this.turnId,
      rootTurnId: this.rootTurnId,
      items,
      itemsView: view,
      startedAt: Math.floor(this.startedAtMs / 1000),
      ...this.#ending,
    };
  }
}

/** Messages that may wait for the agent. */
const MAX_SAID = 256;

/** Tells a client that a turn can't be steered because of what it is. */
export function refuseSteering(kind: LiveTurn["kind"]): RpcError {
  const message = `cannot steer a ${kind} turn`;
  return RpcError.invalidRequest(
    message,
    {
      message,
      codexErrorInfo: { activeTurnNotSteerable: { turnKind: kind } },
      additionalDetails: null,
      misalignment: null,
    } satisfies Omit<TurnError, "codexErrorInfo"> & { codexErrorInfo: unknown },
  );
}
