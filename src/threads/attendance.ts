import type { Announcement } from "../protocol/mod.ts";
import type { Attendee } from "./audience.ts";

/** What an attendance leaves when it ends. */
export interface Attended {
  /** Takes it off the list of those who are told. */
  leave(attendance: Attendance): void;
}

/**
 * One connection among those that follow threads. Ends with it; the threads go
 * on without.
 */
export class Attendance implements Disposable {
  /** The connection. */
  readonly attendee: Attendee;
  readonly #threads = new Set<Attended>();
  /** What waits for a reply that has to come first, by thread. */
  readonly #held = new Map<Attended, Announcement[]>();
  #isOver = false;

  constructor(attendee: Attendee) {
    this.attendee = attendee;
  }

  /** Whether the connection is gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes note that it follows a thread. */
  join(thread: Attended): void {
    if (this.#isOver) thread.leave(this);
    else this.#threads.add(thread);
  }

  /** Takes note that it no longer does. */
  part(thread: Attended): void {
    this.#threads.delete(thread);
    this.#held.delete(thread);
  }

  /**
   * Keeps back what a thread tells until {@linkcode Attendance.release}: a reply
   * that shows the thread as it is now has to come before what happens next.
   */
  hold(thread: Attended): void {
    if (!this.#held.has(thread)) this.#held.set(thread, []);
  }

  /** Lets out what was kept back. */
  release(thread: Attended): void {
    const held = this.#held.get(thread);
    this.#held.delete(thread);
    for (const one of held ?? []) this.attendee.announce(one);
  }

  /** Tells the connection what happened in a thread. */
  tell(thread: Attended, announcement: Announcement): void {
    const held = this.#held.get(thread);
    if (held !== undefined) held.push(announcement);
    else this.attendee.announce(announcement);
  }

  /** Leaves every thread. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const thread of [...this.#threads]) thread.leave(this);
    this.#threads.clear();
    this.#held.clear();
  }
}
