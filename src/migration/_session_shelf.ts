import type { Access } from "../access/mod.ts";
import type { SessionMigration } from "../protocol/mod.ts";
import type { ForeignSession } from "./foreign_session.ts";
import { readSession } from "./_read_session.ts";
import type { LedgerRecord } from "./_session_ledger.ts";

const DAY_SECONDS = 24 * 60 * 60;
const DEFAULT_MAX_AGE_DAYS = 30;
const DEFAULT_MAX_SESSIONS = 50;

/** Largest session in bytes that is read. */
const MAX_BYTES = 256 * 1024 * 1024;

/** How far back and how many. */
export interface SessionLimits {
  readonly maxAgeDays?: number | null | undefined;
  readonly maxSessions?: number | null | undefined;
}

/** A session as it was read. */
export interface ReadSession {
  readonly session: ForeignSession | undefined;
  /** Of the whole file, in hexadecimal digits. */
  readonly sha256: string;
  /** Unix milliseconds when it last changed. */
  readonly changedMs: number;
}

/** The sessions that another agent keeps for the user. */
export class SessionShelf {
  /** Where they are. */
  readonly root: string;
  readonly #access: Access;

  /** @param userHome The user's home. */
  constructor(userHome: string, access: Access) {
    this.root = `${userHome}/.claude/projects`;
    this.#access = access;
  }

  /** Those that are not taken over as they are now, the newest first. */
  async find(
    known: ReadonlyMap<string, LedgerRecord>,
    limits: SessionLimits,
  ): Promise<SessionMigration[]> {
    const maxSessions = limits.maxSessions ?? DEFAULT_MAX_SESSIONS;
    const maxAgeDays = limits.maxAgeDays ?? DEFAULT_MAX_AGE_DAYS;
    const found: SessionMigration[] = [];
    if (maxSessions === 0) return found;
    const since = Math.floor(Date.now() / 1000) - maxAgeDays * DAY_SECONDS;
    for (const file of await this.#list(since * 1000)) {
      const record = known.get(file.path);
      const knownMs = Math.floor((record?.source_modified_at ?? NaN) / 1e6);
      if (file.changedMs === knownMs) continue;
      const read = await this.read(file.path).catch(() => undefined);
      if (read?.session === undefined) continue;
      if (read.sha256 === record?.content_sha256) continue;
      const { cwd, title } = read.session;
      if (!await isDirectory(cwd)) continue;
      if (found.push({ path: file.path, cwd, title }) === maxSessions) break;
    }
    return found;
  }

  /** Whether a path is that of a session, there and among the others. */
  async has(path: string): Promise<boolean> {
    if (!path.endsWith(".jsonl")) return false;
    try {
      const root = await Deno.realPath(this.root);
      return (await Deno.realPath(path)).startsWith(`${root}/`);
    } catch {
      return false;
    }
  }

  /**
   * Reads a session; one that works nowhere any more reads as none.
   *
   * @throws {Error} if it can't be read, or is no text.
   */
  async read(path: string): Promise<ReadSession> {
    const real = await this.#access.checkRead(path);
    const { size, mtime, isDirectory: isNone } = await Deno.stat(real);
    if (isNone) throw new Error("Is a directory (os error 21)");
    if (size > MAX_BYTES) throw new Error(`File has ${size} bytes`);
    const bytes = await Deno.readFile(real);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const session = await readSession(toText(bytes));
    const isThere = session !== undefined && await isDirectory(session.cwd);
    return {
      session: isThere ? session : undefined,
      sha256: new Uint8Array(digest).toHex(),
      changedMs: mtime?.getTime() ?? 0,
    };
  }

  /** Files right in the directories of projects, the newest first. */
  async #list(
    sinceMs: number,
  ): Promise<{ readonly path: string; readonly changedMs: number }[]> {
    const files: { path: string; changedMs: number }[] = [];
    for (const project of await this.#names(this.root)) {
      const directory = `${this.root}/${project}`;
      for (const name of await this.#names(directory)) {
        if (!name.endsWith(".jsonl")) continue;
        const path = `${directory}/${name}`;
        const { isFile, mtime } = await Deno.stat(path).catch(() => ({
          isFile: false,
          mtime: null,
        }));
        const changedMs = mtime?.getTime() ?? 0;
        if (isFile && changedMs >= sinceMs) files.push({ path, changedMs });
      }
    }
    return files.sort((one, other) =>
      other.changedMs - one.changedMs || (one.path < other.path ? 1 : -1)
    );
  }

  async #names(directory: string): Promise<string[]> {
    try {
      const real = await this.#access.checkRead(directory, { tree: true });
      const names: string[] = [];
      for await (const { name } of Deno.readDir(real)) names.push(name);
      return names;
    } catch {
      return []; // not there, no directory, or closed
    }
  }
}

async function isDirectory(path: string): Promise<boolean> {
  if (!path.startsWith("/")) return false;
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error("stream did not contain valid UTF-8", { cause: error });
  }
}
