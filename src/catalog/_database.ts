import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Logger } from "../telemetry/mod.ts";

/** What SQLite stores and gives back. */
export type Value = string | number | null;

/** A row, by column. */
export type Row = Record<string, Value>;

/** Result codes of SQLite (sqlite.org/rescode.html) that mean a broken file. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Whether SQLite says that the file itself is broken. */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code !== "number") {
    return /malformed|not a database/.test(error.message);
  }
  // Extended codes carry the primary one in their lowest byte.
  return [CORRUPT, NOT_A_DATABASE].includes(code & 0xff);
}

/** What {@linkcode Database} is made of. */
export interface DatabaseOptions {
  readonly db: DatabaseSync;
  /** Closes a broken database and gives another. */
  readonly replace: (broken: DatabaseSync) => DatabaseSync;
  /** Told of what could not be written later. */
  readonly log: Logger;
}

/** Writes that may wait wait so long at most. */
const LATER_MS = 100;

/**
 * A connection to the database: statements are prepared once, transactions are
 * synchronous and short. If the file turns out to be broken, it is replaced
 * under the feet of whoever uses it.
 */
export class Database {
  #db: DatabaseSync;
  readonly #replace: (broken: DatabaseSync) => DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #log: Logger;
  readonly #later = new Map<string, () => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #depth = 0;
  #replaced = 0;

  constructor(options: DatabaseOptions) {
    this.#db = options.db;
    this.#replace = options.replace;
    this.#log = options.log;
  }

  /** How often the file had to be replaced; what was rebuilt is to be again. */
  get generation(): number {
    return this.#replaced;
  }

  /** Whether it can be used. */
  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  /** Runs a statement; gives the number of rows that it changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#heal(() => Number(this.#prepare(sql).run(...values).changes));
  }

  /** The first row of a query. */
  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#heal(() =>
      this.#prepare(sql).get(...values) as Row | undefined
    );
  }

  /** All rows of a query. */
  all(sql: string, ...values: Value[]): Row[] {
    return this.#heal(() => this.#prepare(sql).all(...values) as Row[]);
  }

  /** Runs statements that take no values and give no rows. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /**
   * Does all of the work or nothing of it. The lock is taken at the beginning,
   * so that two processes wait for each other instead of failing halfway.
   */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    return this.#heal(() => {
      this.#db.exec("BEGIN IMMEDIATE");
      this.#depth++;
      try {
        const result = work();
        this.#db.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk may have ended the transaction already.
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      } finally {
        this.#depth--;
      }
    });
  }

  /**
   * Does a write before anything else is read or written here, or soon; of
   * several with one key only the last. For what can be found out again.
   */
  later(key: string, work: () => void): void {
    if (!this.#db.isOpen) return; // a turn that outlives the server's end
    this.#later.set(key, work);
    this.#timer ??= setTimeout(() => this.flush(), LATER_MS);
  }

  /** Does what waits, in one transaction. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#later.size === 0) return;
    const waiting = [...this.#later.values()];
    this.#later.clear();
    try {
      this.transaction(() => waiting.forEach((work) => work()));
    } catch (error) {
      this.#log.warn("Index of threads cannot be written", {
        error: String(error),
      });
    }
  }

  /** Does what waits, and closes the connection. */
  close(): void {
    this.flush();
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  /** Tries once more on a new file if this one is broken. */
  #heal<T>(work: () => T): T {
    if (this.#later.size > 0) this.flush();
    try {
      return work();
    } catch (error) {
      if (this.#depth > 0 || !isBroken(error)) throw error;
      this.#statements.clear();
      this.#db = this.#replace(this.#db);
      this.#replaced++;
      return work();
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
