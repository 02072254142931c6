import type { Logger } from "../telemetry/mod.ts";

/** Where names stand, and where to complain. */
export interface SessionNamesOptions {
  /** `$CODEX_HOME`. */
  readonly home: string;
  readonly log: Logger;
}

/**
 * The names of threads, in `session_index.jsonl`: a line per naming, the last
 * one counts. Other servers of the same home read and write it, too.
 */
export class SessionNames {
  readonly #path: string;
  readonly #log: Logger;
  #stamp = "";

  constructor(options: SessionNamesOptions) {
    this.#path = `${options.home}/session_index.jsonl`;
    this.#log = options.log;
  }

  /** The names, if somebody changed the file since they were read. */
  async readIfChanged(): Promise<Map<string, string> | undefined> {
    try {
      const { mtime, size } = await Deno.stat(this.#path);
      const stamp = `${mtime?.getTime()} ${size}`;
      if (stamp === this.#stamp) return undefined;
      const names = await this.read();
      this.#stamp = stamp;
      return names;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#complain(error);
      return undefined;
    }
  }

  /** Reads them again the next time, changed or not. */
  forget(): void {
    this.#stamp = "";
  }

  /** All names, by the ids of threads. */
  async read(): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    let text = "";
    try {
      text = await Deno.readTextFile(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) this.#complain(error);
    }
    for (const line of text.split("\n")) {
      try {
        const { id, thread_name: name } = JSON.parse(line) as {
          id?: unknown;
          thread_name?: unknown;
        };
        if (typeof id === "string" && typeof name === "string") {
          names.set(id, name);
        }
      } catch {
        // Half a line of somebody who was killed; the others count.
      }
    }
    return names;
  }

  /** Writes a name at the end, in one write(2) of a whole line. */
  async append(id: string, name: string, atMs: number): Promise<void> {
    const line = JSON.stringify({
      id,
      thread_name: name,
      updated_at: new Date(atMs).toISOString(),
    });
    try {
      await Deno.writeTextFile(this.#path, `${line}\n`, {
        append: true,
        mode: 0o600,
      });
    } catch (error) {
      // The index has it; only other servers do not learn of it.
      this.#log.warn("A name cannot be told to other servers", {
        path: this.#path,
        error: String(error),
      });
    }
  }

  #complain(error: unknown): void {
    this.#log.warn("Names of threads cannot be read", {
      path: this.#path,
      error: String(error),
    });
  }
}
