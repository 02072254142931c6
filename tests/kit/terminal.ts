import {
  type Child,
  createSpawner,
  type Exit,
  type Spawner,
  type TerminalSize,
} from "../../src/spawn/mod.ts";
import { until } from "./until.ts";

const READ_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** A program in a terminal, with somebody who types and watches. */
export class Terminal implements AsyncDisposable {
  /** All that it has shown. */
  screen = "";
  readonly #spawner: Spawner;
  readonly #child: Child;
  readonly #watched: Promise<void>;

  private constructor(spawner: Spawner, child: Child) {
    this.#spawner = spawner;
    this.#child = child;
    this.#watched = this.#watch();
  }

  /** Starts a program in a terminal of its own. */
  static async start(
    command: readonly [string, ...string[]],
    { size, env, cwd }: {
      readonly size: TerminalSize;
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
    },
  ): Promise<Terminal> {
    const spawner = await createSpawner();
    try {
      const child = await spawner.spawn({
        command,
        cwd,
        env,
        stdin: "piped",
        terminal: size,
      });
      return new Terminal(spawner, child);
    } catch (error) {
      await spawner[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Types. */
  async type(text: string): Promise<void> {
    await this.#child.stdin!.write(encoder.encode(text));
  }

  /** Gives the window another size. */
  resize(size: TerminalSize): void {
    this.#child.resize(size);
  }

  /** The match of a pattern, as soon as it is shown. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    try {
      return await until(
        `${pattern} is shown`,
        () => pattern.exec(this.screen),
      );
    } catch (error) {
      throw new Error(`Shown: ${JSON.stringify(this.screen)}`, {
        cause: error,
      });
    }
  }

  /** How the program ended, once all is shown. */
  async exit(): Promise<Exit> {
    const exit = await this.#child.exit;
    await this.#watched;
    return exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    await this.#watched;
    await this.#spawner[Symbol.asyncDispose]();
  }

  async #watch(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const bytes = await this.#child.stdout.read(READ_BYTES);
      if (bytes === undefined) return;
      this.screen += decoder.decode(bytes, { stream: true });
    }
  }
}
