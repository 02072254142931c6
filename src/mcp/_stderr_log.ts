import type { Logger } from "../telemetry/mod.ts";
import { MessageLines } from "./_message_lines.ts";

/** Bytes of a server's stderr that are logged. */
const MAX_LOGGED_BYTES = 64 * 1024;
const MAX_LINE_CHARACTERS = 1024;

/** Writes what a server says on stderr to the log, up to a bound. */
export class StderrLog {
  readonly #log: Logger;
  readonly #lines = new MessageLines(MAX_LOGGED_BYTES);
  #leftBytes = MAX_LOGGED_BYTES;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Takes the next bytes. */
  take(bytes: Uint8Array): void {
    if (this.#leftBytes <= 0) return;
    const shown = bytes.subarray(0, this.#leftBytes);
    this.#leftBytes -= shown.length;
    for (const line of this.#lines.take(shown)) {
      this.#log.info("an MCP server says", {
        text: line.slice(0, MAX_LINE_CHARACTERS),
      });
    }
    if (this.#leftBytes > 0) return;
    this.#log.warn("an MCP server says more than is logged", {
      loggedBytes: MAX_LOGGED_BYTES,
    });
  }
}
