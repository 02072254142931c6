import { encodeRecords } from "./_encode_records.ts";
import { findTail } from "./_find_tail.ts";
import { toWords } from "./_to_words.ts";
import { openBytes, unpack } from "./_stored_bytes.ts";
import type { RolloutRecord, SessionMeta } from "./record.ts";
import { RolloutError } from "./rollout_error.ts";
import type { Logger } from "../telemetry/mod.ts";

/** Settings of a {@linkcode Rollout}. */
export interface RolloutOptions {
  /** Says what was repaired. */
  readonly log?: Logger;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * A thread's file, open for writing. Whoever writes holds the thread's
 * {@linkcode WriterLock}.
 *
 * @example
 * ```ts
 * import { Rollout, type SessionMeta } from "./mod.ts";
 * const directory = await Deno.makeTempDir();
 * const meta: SessionMeta = {
 *   id: "01a1feef-2dbe-7b22-a317-e61651d2905d",
 *   timestamp: "2026-11-21T16:27:30.114Z",
 *   cwd: "/work",
 *   originator: "demo",
 *   cli_version: "0.1.0",
 *   source: "vscode",
 * };
 * {
 *   await using rollout = Rollout.create(`${directory}/a.jsonl`, meta);
 *   rollout.append({ type: "event_msg", payload: { type: "task_started" } });
 *   await rollout.sync();
 * }
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class Rollout implements AsyncDisposable {
  /** The file. */
  readonly path: string;
  readonly #now: () => number;
  /** Undefined until the file is there, and after the end. */
  #file: Deno.FsFile | undefined;
  /** What waits for the file to be. */
  #deferred: RolloutRecord[];
  #ordinal: number;
  /** Bytes of whole lines in the file. */
  #bytes: number;
  /** Whether there is something behind them that must go first. */
  #isTorn = false;
  #isClosed = false;

  private constructor(
    path: string,
    file: Deno.FsFile | undefined,
    deferred: RolloutRecord[],
    ordinal: number,
    bytes: number,
    options: RolloutOptions,
  ) {
    this.path = path;
    this.#file = file;
    this.#deferred = deferred;
    this.#ordinal = ordinal;
    this.#bytes = bytes;
    this.#now = options.now ?? Date.now;
  }

  /**
   * A file that is not there yet: it comes into being with what is appended
   * first, behind `meta`. Numbers go on from those of its history base.
   */
  static create(
    path: string,
    meta: SessionMeta,
    options: RolloutOptions = {},
  ): Rollout {
    return new Rollout(
      path,
      undefined,
      [{ type: "session_meta", payload: meta }],
      meta.history_base?.end_ordinal_exclusive ?? 0,
      0,
      options,
    );
  }

  /**
   * Opens a file to go on with. A line that was cut off in the middle, as a
   * crash leaves it, is removed; a compressed file is unpacked in its place.
   *
   * @throws {Deno.errors.NotFound} if there is none.
   */
  static async open(
    storedPath: string,
    options: RolloutOptions = {},
  ): Promise<Rollout> {
    const path = await unpack(storedPath);
    await using stored = await openBytes(path);
    const { bytes, tornBytes, ordinal } = await findTail(stored);
    const file = await Deno.open(path, { append: true });
    try {
      if (tornBytes > 0) {
        await file.truncate(bytes);
        options.log?.warn("A torn last line was removed from a rollout", {
          path,
          bytes: tornBytes,
        });
      }
      return new Rollout(path, file, [], ordinal, bytes, options);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Whether the file is there. */
  get isMaterialized(): boolean {
    return this.#file !== undefined;
  }

  /** Bytes written, all of them whole lines. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of the next record. */
  get nextOrdinal(): number {
    return this.#ordinal;
  }

  /**
   * Writes records, all of them or none; they are the system's when this
   * returns, so that whoever is told of them may rely on them.
   *
   * @throws {RolloutError} if they can't be written; the file is as before.
   */
  append(...records: readonly RolloutRecord[]): void {
    if (this.#isClosed) throw new RolloutError("The rollout is closed");
    const all = [...this.#deferred, ...records];
    if (all.length === 0) return;
    const lines = encodeRecords(
      all,
      new Date(this.#now()).toISOString(),
      this.#ordinal,
    );
    try {
      this.#file ??= createFile(this.path);
      this.#write(this.#file, lines);
    } catch (error) {
      throw new RolloutError(
        `Rollout "${this.path}" can't be written: ${toWords(error)}`,
        { cause: error },
      );
    }
    this.#deferred = [];
    this.#ordinal += all.length;
  }

  /**
   * Writes records once the file is there: at once if it is, else behind the
   * metadata and before what is appended first.
   *
   * @throws {RolloutError} as {@linkcode append}.
   */
  defer(...records: readonly RolloutRecord[]): void {
    if (this.isMaterialized) this.append(...records);
    else this.#deferred.push(...records);
  }

  /** Resolves when all that was appended would survive a loss of power. */
  async sync(): Promise<void> {
    try {
      await this.#file?.syncData();
    } catch (error) {
      throw new RolloutError(
        `Rollout "${this.path}" can't be synced: ${toWords(error)}`,
        { cause: error },
      );
    }
  }

  /** Syncs and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    using _held = file;
    await file.syncData().catch(() => {});
  }

  #write(file: Deno.FsFile, lines: Uint8Array): void {
    if (this.#isTorn) this.#restore(file);
    try {
      for (let written = 0; written < lines.length;) {
        written += file.writeSync(lines.subarray(written));
      }
    } catch (error) {
      this.#isTorn = true;
      try {
        this.#restore(file);
      } catch {
        // The next append tries again, and a reader takes whole lines only.
      }
      throw error;
    }
    this.#bytes += lines.length;
  }

  #restore(file: Deno.FsFile): void {
    file.truncateSync(this.#bytes);
    this.#isTorn = false;
  }
}

function createFile(path: string): Deno.FsFile {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  // What people and models say to each other is nobody else's business.
  return Deno.openSync(path, { append: true, createNew: true, mode: 0o600 });
}
