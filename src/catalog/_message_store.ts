import { readRollout } from "../rollout/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Database } from "./_database.ts";
import { inParallel } from "./_in_parallel.ts";
import { toSpokenText } from "./_spoken_text.ts";

const WRITE_AFTER_MS = 250;
const MOST_WAITING = 256;
const FILES_AT_ONCE = 4;
/** Trigrams find nothing shorter. */
const SHORTEST_INDEXED = 3;

/** Something that the user or the model said. */
export interface Message {
  readonly turnId: string;
  readonly itemId: string;
  /** What was said, on one line. */
  readonly text: string;
}

/** A message, and where it stands in its thread. */
export interface PlacedMessage extends Message {
  readonly position: number;
}

/** What {@linkcode MessageStore} needs. */
export interface MessageStoreOptions {
  readonly db: Database;
  readonly home: string;
  readonly log: Logger;
}

/** The messages of all threads, and the index of what is in them. */
export class MessageStore {
  readonly #db: Database;
  readonly #home: string;
  readonly #log: Logger;
  readonly #ending = new AbortController();
  #waiting: { threadId: string; message: Message }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #filling: Promise<void> = Promise.resolve();

  constructor(options: MessageStoreOptions) {
    this.#db = options.db;
    this.#home = options.home;
    this.#log = options.log;
  }

  /** Takes a message; written soon. */
  add(threadId: string, message: Message): void {
    this.#try(() => {
      // Whoever finds this flag later knows that the rollout has more.
      if (!this.#waiting.some((one) => one.threadId === threadId)) {
        this.#db.run(
          "UPDATE threads SET searchable = 2 WHERE id = ? AND searchable = 1",
          threadId,
        );
      }
    });
    this.#waiting.push({ threadId, message });
    if (this.#waiting.length >= MOST_WAITING) return this.flush();
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.flush(), WRITE_AFTER_MS);
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    this.#try(() =>
      this.#db.transaction(() => {
        for (const { threadId, message } of waiting) {
          this.#write(threadId, message);
        }
        for (const id of new Set(waiting.map((one) => one.threadId))) {
          this.#db.run(
            "UPDATE threads SET searchable = 1 WHERE id = ? AND searchable = 2",
            id,
          );
        }
      })
    );
  }

  /** Forgets the messages of a thread until somebody looks for them. */
  forget(threadId: string): void {
    this.flush();
    this.#try(() =>
      this.#db.transaction(() => {
        this.#drop(threadId);
        this.#db.run(
          "UPDATE threads SET searchable = 0 WHERE id = ?",
          threadId,
        );
      })
    );
  }

  /** Reads the rollouts whose messages are not here, of one thread or of all. */
  async fill(
    { threadId, signal }: { threadId?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    this.flush();
    // One after another: two searches would read the same files.
    const turn = this.#filling.then(async () => {
      const rows = this.#db.all(
        `SELECT id, path FROM threads WHERE searchable <> 1 AND present = 1
         AND shown <> 0 AND (?1 IS NULL OR id = ?1) ORDER BY number DESC`,
        threadId ?? null,
      );
      await inParallel(rows, FILES_AT_ONCE, async (row) => {
        if (signal?.aborted || this.#ending.signal.aborted) return;
        await this.#readFile(row.id as string, row.path as string);
      });
    });
    this.#filling = turn.catch(() => {});
    await turn;
    signal?.throwIfAborted();
  }

  /** Numbers of the threads in which a term was said. */
  threadsWith(term: string): number[] {
    // SQLite's texts end there, so there is nothing that it could be found in.
    if (term.includes("\0")) return [];
    const rows = [...term].length >= SHORTEST_INDEXED
      ? this.#db.all(
        `SELECT DISTINCT m.thread FROM message_text f
         JOIN messages m ON m.number = f.rowid WHERE message_text MATCH ?`,
        `"${term.replaceAll('"', '""')}"`,
      )
      : this.#db.all(
        "SELECT DISTINCT thread FROM messages WHERE text LIKE ? ESCAPE '\\'",
        `%${term.replace(/[%_\\]/g, "\\$&")}%`,
      );
    return rows.map((row) => row.thread as number);
  }

  /** The messages of a thread from a position on, in order. */
  *of(threadId: string, from: number): Generator<PlacedMessage> {
    const step = 200;
    for (let next = from;;) {
      const rows = this.#db.all(
        `SELECT m.* FROM messages m JOIN threads t ON t.number = m.thread
         WHERE t.id = ? AND m.position >= ? ORDER BY m.position LIMIT ?`,
        threadId,
        next,
        step,
      );
      for (const row of rows) {
        yield {
          position: row.position as number,
          turnId: row.turn_id as string,
          itemId: row.item_id as string,
          text: row.text as string,
        };
      }
      if (rows.length < step) return;
      next = rows.at(-1)!.position as number + 1;
    }
  }

  /** Writes what waits; ends reading. */
  async close(): Promise<void> {
    this.flush();
    this.#ending.abort();
    await this.#filling;
  }

  async #readFile(threadId: string, path: string): Promise<void> {
    const found: Message[] = [];
    try {
      const thread = await readRollout(path, {
        home: this.#home,
        signal: this.#ending.signal,
      });
      for (const { turnId, item } of await thread.readItems()) {
        const text = toSpokenText(item);
        if (text !== undefined) found.push({ turnId, itemId: item.id, text });
      }
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#log.debug("Messages of a thread cannot be read", {
        path,
        error: String(error),
      });
    }
    this.#try(() =>
      this.#db.transaction(() => {
        this.#drop(threadId);
        for (const message of found) this.#write(threadId, message);
        this.#db.run(
          "UPDATE threads SET searchable = 1 WHERE id = ?",
          threadId,
        );
      })
    );
  }

  #write(threadId: string, message: Message): void {
    this.#db.run(
      `INSERT INTO messages (thread, position, turn_id, item_id, text)
       SELECT t.number, (SELECT coalesce(max(m.position), -1) + 1
         FROM messages m WHERE m.thread = t.number), ?2, ?3, ?4
       FROM threads t WHERE t.id = ?1
       ON CONFLICT (thread, item_id) DO UPDATE SET turn_id = ?2, text = ?4`,
      threadId,
      message.turnId,
      message.itemId,
      message.text,
    );
  }

  #drop(threadId: string): void {
    this.#db.run(
      `DELETE FROM messages
       WHERE thread = (SELECT number FROM threads WHERE id = ?)`,
      threadId,
    );
  }

  /** What cannot be written now is read from the rollout later. */
  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.warn("Messages cannot be indexed", { error: String(error) });
    }
  }
}
