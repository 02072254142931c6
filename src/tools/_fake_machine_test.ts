import { RpcError } from "../protocol/mod.ts";
import type {
  Machine,
  MachineFileOptions,
  MachineFiles,
  MachineOrder,
} from "./machine.ts";
import type { RunningProgram } from "./site.ts";

const missing = () => new Error("No such file or directory (os error 2)");

/** Files in memory. A value that begins with `->` is a link. */
export class FakeFiles implements MachineFiles {
  /** What is where; directories are `null`. */
  readonly all = new Map<string, Uint8Array<ArrayBuffer> | string | null>();
  /** What was changed, and within what. */
  readonly changes: [what: string, path: string, MachineFileOptions][] = [];
  /** Called before something is changed. */
  onChange: (path: string) => void = () => {};

  constructor(all: Record<string, string | null>) {
    for (const [path, text] of Object.entries(all)) {
      const isText = text !== null && !text.startsWith("->");
      this.all.set(path, isText ? new TextEncoder().encode(text) : text);
    }
  }

  /** The text of a file. */
  text(path: string): string | undefined {
    const found = this.all.get(path);
    return found instanceof Uint8Array
      ? new TextDecoder().decode(found)
      : undefined;
  }

  realPath(path: string): Promise<string | undefined> {
    return Promise.resolve(this.#resolve(path));
  }

  stat(path: string) {
    const found = this.#find(path);
    if (found === undefined) return Promise.resolve(undefined);
    const size = found?.length ?? 0;
    return Promise.resolve({ isFile: found !== null, size });
  }

  read(path: string) {
    const found = this.#find(path);
    return Promise.resolve(found instanceof Uint8Array ? found : undefined);
  }

  write(
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: MachineFileOptions,
  ): Promise<void> {
    return this.#change("write", path, options, () => {
      this.all.set(this.#resolve(path) ?? path, bytes);
    });
  }

  makeDirectory(path: string, options: MachineFileOptions): Promise<void> {
    return this.#change("makeDirectory", path, options, () => {
      this.all.set(path, null);
    });
  }

  remove(path: string, options: MachineFileOptions): Promise<void> {
    return this.#change("remove", path, options, () => {
      if (!this.all.delete(path)) throw missing();
    });
  }

  #change(
    what: string,
    path: string,
    options: MachineFileOptions,
    work: () => void,
  ): Promise<void> {
    return Promise.try(() => {
      this.onChange(path);
      this.changes.push([what, path, options]);
      work();
    });
  }

  #find(path: string): Uint8Array<ArrayBuffer> | null | undefined {
    const real = this.#resolve(path);
    const found = real === undefined ? undefined : this.all.get(real);
    return typeof found === "string" ? undefined : found;
  }

  #resolve(path: string): string | undefined {
    let real = "";
    for (const name of path.split("/").slice(1)) {
      const next = `${real}/${name}`;
      const found = this.all.get(next);
      real = typeof found === "string"
        ? this.#resolve(found.slice("->".length)) ?? ""
        : next;
    }
    return path === "/" || this.all.has(real) ? real || "/" : undefined;
  }
}

/** A machine whose programs say what a test has them say. */
export class FakeMachine implements Machine {
  isReachable = true;
  readonly files: FakeFiles;
  readonly orders: MachineOrder[] = [];
  /** What it is asked for its shell with. */
  askedForShell = 0;
  /** Why it can't be reached. */
  error: string | undefined;
  /** Why nothing can be started. */
  startError: string | undefined;
  /** Name of the shell. */
  shellName = "bash";
  /** What a program writes, and how it ends; text for one that is lost. */
  play: (
    order: MachineOrder,
  ) => readonly [output: string, end: number | string] = () => ["out\n", 0];

  constructor(files: Record<string, string | null> = {}) {
    this.files = new FakeFiles({ "/w": null, ...files });
  }

  shell() {
    this.askedForShell++;
    return this.error === undefined
      ? Promise.resolve({
        name: this.shellName,
        path: `/there/${this.shellName}`,
      })
      : Promise.reject(new Error(this.error));
  }

  start(order: MachineOrder): RunningProgram {
    this.orders.push(order);
    const [output, end] = this.play(order);
    return {
      started: () =>
        this.startError === undefined
          ? Promise.resolve()
          : Promise.reject(RpcError.internal(this.startError)),
      write: () => Promise.resolve(),
      async run(consumer) {
        await consumer.take("stdout", new TextEncoder().encode(output), false);
        if (typeof end === "string") throw RpcError.internal(end);
        return {
          exitCode: end,
          capReached: { stdout: false, stderr: false },
          drainTimedOut: false,
        };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
}
