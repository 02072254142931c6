import type { DatabaseSync } from "node:sqlite";
import type { Logger } from "../telemetry/mod.ts";
import { Database, isBroken } from "./_database.ts";
import { salvage } from "./_salvage.ts";
import { migrations } from "./_schema.ts";
import { pinnedSectionId } from "./sections.ts";

type Sqlite = typeof import("node:sqlite");

/** "gway": says whose file it is (sqlite.org/fileformat.html, offset 68). */
const APPLICATION_ID = 0x67776179;
const BUSY_TIMEOUT_MS = 2_000;
/** As much as the indexes of 50,000 threads take; grows with use only. */
const CACHE_KIB = 16_384;
const PRIVATE_MODE = 0o600;

/** An open database. */
export interface OpenedDatabase {
  readonly db: Database;
  /** Whether it lives in memory, because the file cannot be used. */
  readonly isInMemory: boolean;
}

/** What {@linkcode openDatabase} needs. */
export interface OpenDatabaseOptions {
  /** `$CODEX_HOME`. */
  readonly home: string;
  readonly log: Logger;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Opens the database of a home. A file that is none is put aside; one that
 * cannot be opened or written is left alone, and memory takes its place.
 */
export async function openDatabase(
  options: OpenDatabaseOptions,
): Promise<OpenedDatabase> {
  const sqlite = await import("node:sqlite");
  const path = `${options.home}/gangway_1.sqlite`;
  const aside = (reason: unknown): DatabaseSync => {
    const to = putAside(path, options);
    options.log.error("Index of threads was broken and is made anew", {
      path: to,
      error: String(reason),
    });
    const db = openFile(sqlite, path);
    salvage(sqlite, to, db);
    return db;
  };
  const inMemory = (reason: unknown): DatabaseSync => {
    options.log.warn("Threads are indexed in memory only", {
      path,
      error: String(reason),
    });
    const db = openFile(sqlite, ":memory:");
    salvage(sqlite, path, db);
    return db;
  };
  const replace = (broken: DatabaseSync): DatabaseSync => {
    if (broken.isOpen) broken.close();
    try {
      return aside("database disk image is malformed");
    } catch (error) {
      return inMemory(error);
    }
  };
  const opened = (db: DatabaseSync, isInMemory: boolean): OpenedDatabase => ({
    db: new Database({ db, replace, log: options.log }),
    isInMemory,
  });
  try {
    return opened(openFile(sqlite, path), false);
  } catch (error) {
    try {
      if (!isUnusable(error, path)) return opened(inMemory(error), true);
      return opened(aside(error), false);
    } catch (second) {
      return opened(inMemory(second), true);
    }
  }
}

/** Whether nothing can be made of a file, so that it may be put aside. */
function isUnusable(error: unknown, path: string): boolean {
  if (isBroken(error) || error instanceof ForeignDatabase) return true;
  try {
    return !Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

/** A database of somebody else. */
class ForeignDatabase extends Error {
  override name = "ForeignDatabase";
}

function openFile(sqlite: Sqlite, path: string): DatabaseSync {
  if (path !== ":memory:") createPrivately(path);
  const db = new sqlite.DatabaseSync(path, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
  });
  try {
    checkOwner(db);
    db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
       PRAGMA cache_size = -${CACHE_KIB}`,
    );
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Makes the file before SQLite does, which knows no modes; the journals follow. */
function createPrivately(path: string): void {
  try {
    // Never opened when it is there: closing it would drop the locks that
    // another connection of this process holds on it (fcntl(2)).
    Deno.openSync(path, {
      createNew: true,
      write: true,
      mode: PRIVATE_MODE,
    }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function checkOwner(db: DatabaseSync): void {
  const number = (name: string): number =>
    db.prepare(`PRAGMA ${name}`).get()![name] as number;
  const version = number("user_version");
  if (number("application_id") === APPLICATION_ID) {
    if (version <= migrations.length) return;
    throw new Error(
      `Index has version ${version}, this server knows up to ${migrations.length}`,
    );
  }
  const isEmpty =
    db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()!.n === 0;
  if (isEmpty) return;
  throw new ForeignDatabase("The file is a database of another program");
}

function migrate(db: DatabaseSync): void {
  const read = (): number =>
    db.prepare("PRAGMA user_version").get()!.user_version as number;
  if (read() === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have been faster.
    migrations.slice(read()).forEach((sql) => db.exec(sql));
    db.exec(
      `PRAGMA application_id = ${APPLICATION_ID};
       PRAGMA user_version = ${migrations.length}`,
    );
    db.prepare(
      `INSERT INTO sections (id, name, place) VALUES (?, 'Pinned', 0)
       ON CONFLICT DO NOTHING`,
    ).run(pinnedSectionId);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Renames the file and its journals; gives the new name of the first. */
function putAside(path: string, options: OpenDatabaseOptions): string {
  const time = new Date(options.now()).toISOString().replaceAll(":", "-");
  const to = `${path}.corrupt-${time}`;
  Deno.renameSync(path, to);
  for (const journal of ["-wal", "-shm"]) {
    try {
      Deno.renameSync(`${path}${journal}`, `${to}${journal}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return to;
}
