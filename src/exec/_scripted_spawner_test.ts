import type { Sandbox } from "../sandbox/mod.ts";
import type {
  Child,
  Exit,
  Input,
  Output,
  Spawner,
  SpawnOptions,
  TerminalSize,
} from "../spawn/mod.ts";

/** An output whose bytes come from the test. */
export class ScriptedOutput implements Output {
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #hasEnded = false;
  #wake: (() => void) | undefined;
  isCancelled = false;

  push(bytes: Uint8Array): void {
    this.#pieces.push(new Uint8Array(bytes));
    this.#wake?.();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  async read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (!this.isCancelled) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        if (piece.length > maxBytes) {
          this.#pieces.unshift(piece.subarray(maxBytes));
        }
        return piece.subarray(0, maxBytes);
      }
      if (this.#hasEnded) break;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return undefined;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#wake?.();
  }
}

/** An input that takes what the test lets it take. */
export class ScriptedInput implements Input {
  readonly written: string[] = [];
  isClosed = false;
  /** What each write waits for. */
  gate: Promise<void> = Promise.resolve();

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.gate;
    this.written.push(new TextDecoder().decode(bytes));
  }

  async close(): Promise<void> {
    await this.gate;
    this.isClosed = true;
  }
}

/** A program that does what the test says; it dies of the signals 9 and 15. */
export class ScriptedChild implements Child {
  readonly pid = 1;
  readonly stdout = new ScriptedOutput();
  readonly stderr: ScriptedOutput | undefined;
  readonly stdin: ScriptedInput | undefined;
  readonly signals: number[] = [];
  readonly sizes: TerminalSize[] = [];
  /** Signals that it ignores. */
  readonly ignores = new Set<number>();
  /** Whether somebody else goes on to hold its outputs. */
  isHeld = false;
  isDisposed = false;
  readonly #exit = Promise.withResolvers<Exit>();
  readonly exit = this.#exit.promise;

  constructor(readonly options: SpawnOptions) {
    if (options.terminal === undefined) this.stderr = new ScriptedOutput();
    if (options.stdin === "piped") this.stdin = new ScriptedInput();
  }

  /** Ends it. */
  die(exit: Exit): void {
    this.#exit.resolve(exit);
    if (this.isHeld) return;
    this.stdout.end();
    this.stderr?.end();
  }

  resize(size: TerminalSize): void {
    this.sizes.push(size);
  }

  signal(number: number): void {
    this.signals.push(number);
    if (!this.ignores.has(number)) this.die({ signal: number });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    this.die({ signal: 9 });
    this.stdout.cancel();
    this.stderr?.cancel();
    await this.exit;
  }
}

/** Starts programs that the test plays. */
export class ScriptedSpawner implements Spawner {
  readonly noTerminal = undefined;
  readonly takesLauncher = false;
  readonly children: ScriptedChild[] = [];
  isDisposed = false;
  /** What each start waits for. */
  gate: Promise<void> = Promise.resolve();

  async spawn(options: SpawnOptions): Promise<ScriptedChild> {
    await this.gate;
    const child = new ScriptedChild(options);
    this.children.push(child);
    return child;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }
}

/** Confines nothing. */
export const noSandbox: Sandbox = {
  findWritable: () => Promise.resolve(() => true),
  findReadable: () => Promise.resolve(() => true),
  findWarnings: () => Promise.resolve([]),
  launch: (what) => Promise.resolve(what),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
