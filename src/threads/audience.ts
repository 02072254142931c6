import type {
  Announcement,
  GangwayClientCapability,
  ServerMethodName,
  ServerRequests,
} from "../protocol/mod.ts";

/** A connection, as far as threads know one. */
export interface Attendee {
  /** Who is at the other end. */
  readonly client: {
    readonly name: string;
    readonly experimentalApi: boolean;
    readonly gangway: GangwayClientCapability | undefined;
  };
  /** Tells it something that others are told too. */
  announce(announcement: Announcement): void;
  /**
   * Asks it something that others may be asked too, under the same number.
   *
   * @throws {RpcError} what it answered.
   * @throws {Error} if it left without an answer.
   */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: { readonly signal: AbortSignal; readonly id: number },
  ): Promise<ServerRequests[M]["result"]>;
}

/** All connections of a server. */
export interface Audience {
  /** Tells every client that has introduced itself, but some. */
  announce(announcement: Announcement, except?: ReadonlySet<Attendee>): void;
  /** A number for a question, unique within the server. */
  nextRequestId(): number;
}
