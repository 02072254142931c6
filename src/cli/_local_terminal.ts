import type { CommandExecTerminalSize } from "../protocol/mod.ts";

/**
 * The terminal that this process runs in, lent to a command elsewhere. Disposing
 * it gives it back as it was found.
 */
export class LocalTerminal implements Disposable {
  #isRaw = false;
  #onResize: (() => void) | undefined;

  /** Its size; nothing where there is none or it does not know. */
  get size(): CommandExecTerminalSize | undefined {
    try {
      const { rows, columns } = Deno.consoleSize();
      // A terminal that nobody gave a size has none.
      return rows > 0 && columns > 0 ? { rows, cols: columns } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Hands every key on as bytes, and shows every byte as it comes. Does nothing
   * where standard input is no terminal.
   */
  async enterRawMode(): Promise<void> {
    if (this.#isRaw || !Deno.stdin.isTerminal()) return;
    Deno.stdin.setRaw(true);
    this.#isRaw = true;
    // Deno leaves the output's newlines to be translated, but the command's
    // terminal has done that already, or was told not to.
    await new Deno.Command("stty", {
      args: ["raw", "-echo"],
      stdin: "inherit",
      stdout: "null",
      stderr: "null",
    }).output().catch(() => {}); // without it, few programs look wrong
    // It may have been given back meanwhile.
    if (!this.#isRaw) Deno.stdin.setRaw(false);
  }

  /** Calls back whenever the size has changed. */
  watchSize(onResize: (size: CommandExecTerminalSize) => void): void {
    this.#stopWatching();
    this.#onResize = () => {
      const { size } = this;
      if (size !== undefined) onResize(size);
    };
    Deno.addSignalListener("SIGWINCH", this.#onResize);
  }

  /** Gives it back. Idempotent. */
  [Symbol.dispose](): void {
    this.#stopWatching();
    if (!this.#isRaw) return;
    this.#isRaw = false;
    try {
      Deno.stdin.setRaw(false);
    } catch {
      // It is gone: its window was closed.
    }
  }

  #stopWatching(): void {
    if (this.#onResize === undefined) return;
    Deno.removeSignalListener("SIGWINCH", this.#onResize);
    this.#onResize = undefined;
  }
}
