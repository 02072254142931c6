import type { ThreadBackgroundTerminal } from "../protocol/mod.ts";
import type { Terminal } from "./_terminal.ts";
import type { Terminals } from "./toolbox.ts";

/** Commands of a thread that are kept at a time. */
const MAX_TERMINALS = 64;
/** As many that were used last are never given up for a new one. */
const PROTECTED = 8;
const FIRST_ID = 1000;
const LAST_ID = 99_999;

/** The commands of a thread, by number. */
export class TerminalTable implements Terminals, AsyncDisposable {
  readonly #terminals = new Map<string, { terminal: Terminal; text: string }>();
  readonly #reserved = new Set<string>();
  /** All that run, with a number or without. */
  readonly #running = new Set<Terminal>();
  readonly #starting = new Set<Promise<unknown>>();
  #isDisposed = false;

  /** A number that no command has. */
  reserve(): string {
    for (;;) {
      const [random] = crypto.getRandomValues(new Uint32Array(1));
      const id = String(FIRST_ID + random! % (LAST_ID - FIRST_ID + 1));
      if (this.#terminals.has(id) || this.#reserved.has(id)) continue;
      this.#reserved.add(id);
      return id;
    }
  }

  /** Gives a number back that came to nothing. */
  release(id: string): void {
    this.#reserved.delete(id);
  }

  /**
   * Sees to it that a command ends with the thread, whoever started it.
   *
   * @throws {Error} if the thread is not loaded any more.
   */
  async follow(start: () => Promise<Terminal>): Promise<Terminal> {
    if (this.#isDisposed) throw new Error("The thread is not loaded any more");
    const starting = start();
    this.#starting.add(starting);
    try {
      const terminal = await starting;
      this.#running.add(terminal);
      terminal.over.then(() => this.#running.delete(terminal));
      return terminal;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /**
   * Enters a command under the number of its item. One too many ends another:
   * one that is over, or the one that nobody used for longest.
   *
   * @param text The command as the model wrote it.
   */
  add(terminal: Terminal, text: string): void {
    const id = terminal.item.processId!;
    this.#reserved.delete(id);
    if (this.#terminals.size >= MAX_TERMINALS) this.#makeRoom();
    this.#terminals.set(id, { terminal, text });
  }

  /** The command of that number. */
  find(id: string): Terminal | undefined {
    return this.#terminals.get(id)?.terminal;
  }

  /** Lets go of a command whose end was told. */
  remove(terminal: Terminal): void {
    this.#terminals.delete(terminal.item.processId!);
  }

  list(): ThreadBackgroundTerminal[] {
    return this.#listed().map(({ terminal: { item }, text }) => ({
      itemId: item.id,
      processId: item.processId!,
      command: text,
      cwd: item.cwd,
      osPid: null,
      cpuPercent: null,
      rssKb: null,
    }));
  }

  terminate(processId: string): boolean {
    const terminal = this.find(processId);
    if (terminal === undefined) return false;
    const isRunning = terminal.exitCode === undefined;
    this.remove(terminal);
    terminal.terminate();
    return isRunning;
  }

  clean(): void {
    for (const { terminal } of this.#listed()) {
      this.remove(terminal);
      terminal.terminate();
    }
  }

  /** Ends all and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await Promise.allSettled(this.#starting);
    const all = [...this.#running];
    for (const terminal of all) terminal.terminate();
    await Promise.all(all.map((terminal) => terminal.over));
    this.#terminals.clear();
  }

  #listed(): { terminal: Terminal; text: string }[] {
    return [...this.#terminals.values()].filter(({ terminal }) =>
      terminal.exitCode === undefined
    );
  }

  #makeRoom(): void {
    const byUse = Array.from(this.#terminals.values(), (one) => one.terminal)
      .sort((one, other) => one.usedAt - other.usedAt)
      .slice(0, -PROTECTED);
    const victim = byUse.find((one) => one.exitCode !== undefined) ?? byUse[0]!;
    this.remove(victim);
    victim.terminate();
  }
}
