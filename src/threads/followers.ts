import {
  Announcement,
  type NotificationName,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
  type ThreadActiveFlag,
} from "../protocol/mod.ts";
import type { Attendance, Attended } from "./attendance.ts";
import type { Attendee, Audience } from "./audience.ts";
import { toMerge } from "./_merge_of_deltas.ts";
import { type Question, Questions } from "./questions.ts";
import { Replay } from "./replay.ts";

/** How followers are asked. */
export interface AskingOptions {
  /** Takes the question back. */
  readonly signal: AbortSignal;
  /** What the thread waits for meanwhile. */
  readonly waitingOn?: ThreadActiveFlag;
  /** Whether nobody hears that it was answered. */
  readonly isSilent?: boolean;
  /** Called when the question has its number, before anybody is asked. */
  readonly onAsk?: (question: Question) => void;
  /** Called when it has an answer, or is taken back. */
  readonly onSettled?: (question: Question) => void;
  /**
   * The turn that asks, if one does. Questions that end with it are told to be
   * settled behind its end.
   */
  readonly turn?: { readonly turnId: string; readonly isEnding: boolean };
}

/** Who hears of what changes among followers. */
export interface FollowerListeners {
  /** Something is waited for that was not, or no longer. */
  onWaiting(): void;
  /** One has left. */
  onLeave(): void;
}

/**
 * Who follows a thread, and what they are told and asked. All of them hear the
 * same, in the same order, under the same numbers.
 */
export class Followers implements Attended {
  /** Random text that tells these numbers from those of an earlier life. */
  readonly epoch: string = crypto.randomUUID();
  /** What was told last. */
  readonly replay: Replay = new Replay();
  readonly #threadId: string;
  readonly #audience: Audience;
  readonly #listeners: FollowerListeners;
  readonly #attendances = new Set<Attendance>();
  readonly #questions = new Questions();
  readonly #waiting: ThreadActiveFlag[] = [];
  /** Questions that ended with a turn, which is about to end. */
  readonly #late = new Map<string, number[]>();

  constructor(
    threadId: string,
    audience: Audience,
    listeners: FollowerListeners,
  ) {
    this.#threadId = threadId;
    this.#audience = audience;
    this.#listeners = listeners;
  }

  /** How many there are. */
  get size(): number {
    return this.#attendances.size;
  }

  /** What the thread waits for, each once. */
  get waiting(): ThreadActiveFlag[] {
    return [...new Set(this.#waiting)];
  }

  /** Lets a connection follow. False if it did already. */
  join(attendance: Attendance): boolean {
    const isNew = !this.#attendances.has(attendance);
    this.#attendances.add(attendance);
    attendance.join(this);
    return isNew;
  }

  /** Lets all who follow this thread follow another one, too. */
  bring(other: Followers): void {
    for (const one of this.#attendances) other.join(one);
  }

  /** Lets a connection follow no longer. False if it did not. */
  leave(attendance: Attendance): boolean {
    this.#questions.withdraw(attendance);
    attendance.part(this);
    const wasThere = this.#attendances.delete(attendance);
    if (wasThere) this.#listeners.onLeave();
    return wasThere;
  }

  /** Whether a connection follows. */
  has(attendance: Attendance): boolean {
    return this.#attendances.has(attendance);
  }

  /** Lets everybody go. */
  clear(): void {
    for (const one of [...this.#attendances]) this.leave(one);
  }

  /** Tells those who follow. */
  publish<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    const announcement = this.#number(method, params);
    for (const one of this.#attendances) one.tell(this, announcement);
  }

  /** Tells everybody, whether they follow or not. */
  proclaim<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    const announcement = this.#number(method, params);
    const told = new Set<Attendee>();
    for (const one of this.#attendances) {
      told.add(one.attendee);
      one.tell(this, announcement);
    }
    this.#audience.announce(announcement, told);
  }

  /**
   * Asks whoever follows, now or later; the first answer counts.
   *
   * @throws {RpcError} what was answered in place of a result.
   * @throws {unknown} the signal's reason.
   */
  async ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: AskingOptions,
  ): Promise<ServerRequests[M]["result"]> {
    const { signal, waitingOn, isSilent = false, turn } = options;
    const question = { id: this.#audience.nextRequestId(), method, params };
    // Of several questions at a time, the status tells the first and the last.
    if (waitingOn !== undefined) {
      const isNews = !this.#waiting.includes(waitingOn);
      this.#waiting.push(waitingOn);
      if (isNews) this.#listeners.onWaiting();
    }
    const endsWithTurn = () => signal.aborted && turn?.isEnding === true;
    try {
      options.onAsk?.(question);
      try {
        return await this.#questions.ask(question, this.#attendances, signal);
      } finally {
        options.onSettled?.(question);
        if (endsWithTurn()) {
          if (!isSilent) this.#postpone(turn!.turnId, question.id);
        } else if (!isSilent) this.#tellSettled(question.id);
      }
    } finally {
      if (waitingOn !== undefined) {
        this.#waiting.splice(this.#waiting.indexOf(waitingOn), 1);
        const isNews = !this.#waiting.includes(waitingOn);
        // A turn that ends changes the status by itself.
        if (isNews && !endsWithTurn()) this.#listeners.onWaiting();
      }
    }
  }

  /** Tells which questions have ended with a turn. */
  tellEnded(turnId: string): void {
    const late = this.#late.get(turnId) ?? [];
    this.#late.delete(turnId);
    for (const id of late) this.#tellSettled(id);
  }

  #postpone(turnId: string, requestId: number): void {
    const late = this.#late.get(turnId);
    if (late === undefined) this.#late.set(turnId, [requestId]);
    else late.push(requestId);
  }

  #tellSettled(requestId: number): void {
    const threadId = this.#threadId;
    this.publish("serverRequest/resolved", { threadId, requestId });
  }

  /** Asks a connection what nobody has answered yet. */
  repeatQuestions(attendance: Attendance): void {
    this.#questions.repeat(attendance);
  }

  #number<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): Announcement {
    // Without a thread in it, nobody could tell whose number it bears.
    const { threadId, thread = threadId } = params as Record<string, unknown>;
    if (thread === undefined) return new Announcement(method, params) as never;
    const seq = this.replay.next();
    const merge = toMerge(method, params);
    const announcement = new Announcement(method, params, {
      seq,
      ...merge && { merge },
    });
    const kept = announcement as unknown as Announcement;
    this.replay.keep(kept, announcement.encode(false).length);
    return kept;
  }
}
