import type { Exit } from "../../src/spawn/mod.ts";
import { Terminal } from "../kit/terminal.ts";
import type { ClientWorld } from "./client_world.ts";

/** What the terminal UI asks its terminal on start, and what one answers. */
const queries: readonly [asked: string, answer: string][] = [
  ["\x1b[6n", "\x1b[1;1R"], // where the cursor stands
  ["\x1b[c", "\x1b[?62;c"], // what kind of terminal it is
  ["\x1b]10;?", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"], // colour of the text
  ["\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x1b\\"], // and what lies below it
];

/** A query that came in part so far is no longer than that. */
const QUERY_CHARS = 8;

/** What a terminal is told and does not show (ECMA-48 OSC and CSI). */
// deno-lint-ignore no-control-regex -- they begin with one
const TITLE = /\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g;
// deno-lint-ignore no-control-regex -- they begin with one
const SEQUENCE = /\x1b\[[\d;?>=<]*[ -/]*[@-~]/g;

/** A busy machine takes its time. */
const PATIENCE_MS = 120_000;

/** The official terminal UI, with somebody who types and watches. */
export class CodexTui implements AsyncDisposable {
  readonly #terminal: Terminal;
  readonly #answering: ReturnType<typeof setInterval>;
  #answered = 0;

  private constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#answering = setInterval(() => this.#answer(), 20);
  }

  /** Starts it: `codex --remote URL …`. */
  static async start(
    program: string,
    url: string,
    world: ClientWorld,
    { args = [], env = {} }: {
      args?: readonly string[];
      env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<CodexTui> {
    const { NO_COLOR: _, ...rest } = world.env;
    return new CodexTui(
      await Terminal.start(
        [program, "--remote", url, ...args, "--cd", world.cwd],
        {
          size: { cols: 100, rows: 40 },
          cwd: world.cwd,
          env: {
            ...rest,
            ...env,
            TERM: "xterm-256color",
            // A home of its own: what it shows comes from the server.
            CODEX_HOME: world.clientHome,
          },
        },
      ),
    );
  }

  /** All that was shown, without colours and movements of the cursor. */
  get text(): string {
    return this.#terminal.screen
      .replace(TITLE, "")
      .replace(SEQUENCE, " ")
      .replace(/\s+/g, " ");
  }

  /** Waits until something is shown, behind what had been shown `from` on. */
  async shows(pattern: RegExp, from = 0): Promise<void> {
    if (await this.#isShown(pattern, { from, withinMs: PATIENCE_MS })) return;
    throw new Error(`${pattern} is not shown, but: ${this.text.slice(-1_500)}`);
  }

  /** Types a line once it has been taken up, and sends it off. */
  async say(line: string): Promise<void> {
    const from = this.text.length;
    await this.#terminal.type(line);
    const drawn = [...line].filter((character) => character !== " ")
      .map((character) => RegExp.escape(character)).join("[^]*?");
    await this.shows(new RegExp(drawn), from);
    // A return that comes with the text is taken for a part of it.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await this.#terminal.type("\r");
  }

  /** Presses keys. */
  async press(keys: string): Promise<void> {
    await this.#terminal.type(keys);
  }

  /**
   * Presses keys until something is shown that was not there before, and mean
   * nothing more by then. What is pressed before a question has been there for
   * a moment is not taken for its answer.
   *
   * @param everyMs How long they are given to take effect.
   */
  async pressUntil(
    keys: string,
    pattern: RegExp,
    { everyMs = 2_000 }: { everyMs?: number } = {},
  ): Promise<void> {
    const from = this.text.length;
    const deadline = performance.now() + PATIENCE_MS;
    do {
      await this.press(keys);
      if (await this.#isShown(pattern, { from, withinMs: everyMs })) return;
    } while (performance.now() < deadline);
    await this.shows(pattern, from);
  }

  /** Leaves it, and tells how it ended. */
  async quit(): Promise<Exit> {
    await this.say("/quit");
    return await this.#terminal.exit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#answering);
    await this.#terminal[Symbol.asyncDispose]();
  }

  /** Whether something is shown behind what had been shown, or soon. */
  async #isShown(
    pattern: RegExp,
    { from, withinMs }: { readonly from: number; readonly withinMs: number },
  ): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (!pattern.test(this.text.slice(from))) {
      if (performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return true;
  }

  #answer(): void {
    const { screen } = this.#terminal;
    for (;;) {
      const [first] = queries
        .map(([asked, answer]) => ({
          at: screen.indexOf(asked, this.#answered),
          asked,
          answer,
        }))
        .filter(({ at }) => at >= 0)
        .sort((one, other) => one.at - other.at);
      if (first === undefined) break;
      this.#answered = first.at + first.asked.length;
      this.#terminal.type(first.answer).catch(() => {});
    }
    this.#answered = Math.max(this.#answered, screen.length - QUERY_CHARS);
  }
}
