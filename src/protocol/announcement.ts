import { aroundParams } from "./envelope.ts";
import type { NotificationName, ServerNotifications } from "./methods.ts";

/** How an announcement may be treated on its way. */
export interface AnnouncementOptions<Params> {
  /** Its number among those of its thread, for clients that can catch up. */
  readonly seq?: number;
  /** Lets it join an earlier one that still waits for a slow reader. */
  readonly merge?: Merge<Params>;
}

/** How a notification joins an earlier one that still waits. */
export interface Merge<Params> {
  /** Only one of the same key is joined. */
  readonly key: string;
  /** Only the very last that waits is joined: nothing is told before its time. */
  readonly isOrdered?: boolean;
  /** Only when so many bytes wait: a reader that keeps up gets all of them. */
  readonly behindBytes?: number;
  /** The parameters of both together; undefined if they are not to be joined. */
  join(earlier: Params, later: Params): Params | undefined;
}

/**
 * A notification that any number of connections get: its text is made once, at
 * the first of them. Its parameters must not change any more.
 */
export class Announcement<N extends NotificationName = NotificationName> {
  /** What is told. */
  readonly method: N;
  /** About what. */
  readonly params: ServerNotifications[N];
  /** Unix milliseconds when it was made. */
  readonly emittedAtMs: number = Date.now();
  /** Its number among those of its thread. */
  readonly seq: number | undefined;
  /** How it joins an earlier one. */
  readonly merge: AnnouncementOptions<ServerNotifications[N]>["merge"];
  #json: string | undefined;

  /** Encodes nothing yet. */
  constructor(
    method: N,
    params: ServerNotifications[N],
    options: AnnouncementOptions<ServerNotifications[N]> = {},
  ) {
    this.method = method;
    this.params = params;
    this.seq = options.seq;
    this.merge = options.merge;
  }

  /** The whole message, with its number if the client knows what to do with it. */
  encode(isNumbered: boolean): string {
    this.#json ??= JSON.stringify(this.params);
    return this.#wrap(this.#json, isNumbered);
  }

  /** The same message about something else, as a merge gives it. */
  encodeWith(params: unknown, isNumbered: boolean): string {
    return this.#wrap(JSON.stringify(params), isNumbered);
  }

  #wrap(json: string, isNumbered: boolean): string {
    const { head, tail } = aroundParams(
      this.method,
      this.emittedAtMs,
      isNumbered ? this.seq : undefined,
    );
    return `${head}${json}${tail}`;
  }
}
