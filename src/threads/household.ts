import type { Catalog } from "../catalog/mod.ts";
import type { Announcement } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { ClientPaths } from "./client_paths.ts";
import type { Thread } from "./thread.ts";

/** What one thread needs of all of them. */
export interface Household {
  readonly log: Logger;
  /** Whether no thread is to begin anything by itself any more. */
  readonly isDraining: boolean;
  /** Ids of the places beside this machine, in order. */
  readonly environmentIds: readonly string[];
  /** Paths as clients name them. */
  readonly paths: ClientPaths;
  /** What is known of stored threads. */
  catalog(): Promise<Catalog>;
  /** An id that comes after all others. */
  nextId(): string;
  /** A thread that is loaded, by its id. */
  find(threadId: string): Thread | undefined;
  /** Tells everybody something that belongs to no loaded thread. */
  announce(announcement: Announcement): void;
}
