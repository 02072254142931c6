import type { Logger } from "../telemetry/mod.ts";
import { openDatabase } from "./_open_database.ts";
import type { Database } from "./_database.ts";
import { Discovery } from "./_discovery.ts";
import { Attachments } from "./attachments.ts";
import { Goals } from "./goals.ts";
import { Messages } from "./messages.ts";
import { Projects } from "./projects.ts";
import { Queues } from "./queues.ts";
import { ReadStates } from "./read_states.ts";
import { Sections } from "./sections.ts";
import { ThreadIndex } from "./thread_index.ts";

/** What {@linkcode openCatalog} needs. */
export interface CatalogOptions {
  /** `$CODEX_HOME`. */
  readonly home: string;
  /** Told of what is wrong with the file. */
  readonly log: Logger;
  /** Makes an id, a UUID of version 7. */
  readonly nextId: () => string;
  /** Directory against which relative ones are read. Default: that of the process. */
  readonly cwd?: string;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Which threads there are, and what is kept beside their files. */
export interface Catalog {
  /** Whether nothing can be kept: the file is locked or cannot be written. */
  readonly isInMemory: boolean;
  /** The threads themselves. */
  readonly threads: ThreadIndex;
  /** `threadSection/*`. */
  readonly sections: Sections;
  /** `project/*`. */
  readonly projects: Projects;
  /** `thread/goal/*`. */
  readonly goals: Goals;
  /** `thread/queue/*`. */
  readonly queues: Queues;
  /** `thread/attachment*`. */
  readonly attachments: Attachments;
  /** `thread/readState/*`. */
  readonly readStates: ReadStates;
  /** `thread/search*`. */
  readonly messages: Messages;
  /** Ends work in the background and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens the catalog of a home. A file that cannot be read is put aside and
 * made anew; one that cannot be opened at all is replaced by memory.
 */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { db, isInMemory } = await openDatabase({
    ...options,
    now: options.now ?? Date.now,
  });
  return compose(db, isInMemory, options);
}

function compose(
  db: Database,
  isInMemory: boolean,
  options: CatalogOptions,
): Catalog {
  const now = options.now ?? Date.now;
  const { home, log, nextId, cwd = Deno.cwd() } = options;
  const discovery = new Discovery({ db, home, log, now });
  const readStates = new ReadStates({ db });
  const threads = new ThreadIndex({ db, discovery, readStates, log, cwd });
  const messages = new Messages({ db, home, log, threads });
  return {
    isInMemory,
    threads,
    sections: new Sections({ db, nextId, now }),
    projects: new Projects({ db, nextId, now }),
    goals: new Goals({ db, now }),
    queues: new Queues({ db, nextId }),
    attachments: new Attachments({ db, nextId, now }),
    readStates,
    messages,
    async close(): Promise<void> {
      await Promise.all([discovery.close(), messages.close()]);
      db.close();
    },
  };
}
