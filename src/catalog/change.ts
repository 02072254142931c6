import type { ServerNotifications } from "../protocol/mod.ts";

/** Notifications that tell of what the catalog keeps. */
export type KeptNotificationName =
  | "project/changed"
  | "thread/attachment/updated"
  | "thread/goal/cleared"
  | "thread/goal/updated"
  | "thread/project/updated"
  | "thread/queue/changed"
  | "thread/readState/changed"
  | "thread/section/changed";

/** A notification that a change calls for. */
export type KeptNotification = {
  [N in KeptNotificationName]: {
    readonly method: N;
    readonly params: ServerNotifications[N];
  };
}[KeptNotificationName];

/** The answer to a change, and whom to tell what. */
export interface Change<R> {
  /** The result of the request. */
  readonly result: R;
  /** What every connection should hear, in this order; empty if nothing changed. */
  readonly notifications: readonly KeptNotification[];
}
