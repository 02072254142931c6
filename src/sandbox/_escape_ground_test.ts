import { testAlone } from "../../tests/kit/test_alone.ts";
import {
  type Child,
  createSpawner,
  type Output,
  type Spawner,
} from "../spawn/mod.ts";
import { createBubblewrap } from "./bubblewrap.ts";
import {
  type Backend,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import { createLandlock } from "./landlock.ts";

/** Other systems have other ways. */
export const isLinux = Deno.build.os === "linux";

const makers: Readonly<Record<string, () => Promise<Backend>>> = {
  bubblewrap: () => createBubblewrap(),
  landlock: async () => await Promise.resolve(createLandlock()),
};

/** A backend; without one, a failure if one is required, else a reason. */
export async function makeBackend(name: string): Promise<Backend | undefined> {
  try {
    return await makers[name]!();
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    if (Deno.env.get("GANGWAY_TEST_REQUIRE_SANDBOX") === "1") throw error;
    // deno-lint-ignore no-console -- a skip has a reason that is seen
    console.log(`skipped, no ${name}: ${error.message}`);
    return undefined;
  }
}

/** Whether attacks that only root can make are worth trying. */
export const isRoot = Deno.uid() === 0;

/** What a command left behind. */
export interface Aftermath {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: { readonly code: number } | { readonly signal: number };
}

/**
 * Files to attack: `work` may be written, `outside` not, `hidden` not even be
 * read. Processes to attack: this one, and one that notes signals.
 */
export class Ground implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly base = Deno.realPathSync(Deno.makeTempDirSync());
  readonly work = `${this.base}/work`;
  readonly outside = `${this.base}/outside`;
  readonly hidden = `${this.base}/hidden`;
  readonly secret = `the secret ${crypto.randomUUID()}`;
  /** All that commands find in their environment. */
  readonly env: Record<string, string>;

  private constructor(sentinel: number) {
    this.#stack.defer(async () => {
      // Copies of what is hidden can't be entered, but by root.
      const args = ["-R", "u+rwX", this.base];
      await new Deno.Command("chmod", { args, stderr: "null" }).output();
      await Deno.remove(this.base, { recursive: true });
    });
    for (const path of [this.work, this.outside, this.hidden]) {
      Deno.mkdirSync(path);
    }
    Deno.writeTextFileSync(`${this.work}/own`, "own");
    Deno.writeTextFileSync(`${this.outside}/victim`, "untouched");
    Deno.writeTextFileSync(`${this.hidden}/secret`, this.secret);
    this.env = {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C",
      NO_COLOR: "1",
      WORK: this.work,
      OUT: this.outside,
      HIDDEN: this.hidden,
      DENO: Deno.execPath(),
      SERVER: String(Deno.pid),
      SENTINEL: String(sentinel),
    };
  }

  static async create(sentinel = 0): Promise<Ground> {
    return await Promise.resolve(new Ground(sentinel));
  }

  /** Everything may be read, nothing written, nobody reached. */
  get readOnly(): Confinement {
    return {
      reads: "all",
      hidden: [],
      writes: [],
      shielded: [],
      network: false,
    };
  }

  /** One directory may be written. */
  get writing(): Confinement {
    return { ...this.readOnly, writes: [this.work] };
  }

  /** One directory may be written, another not even be read. */
  get hiding(): Confinement {
    return { ...this.writing, hidden: [this.hidden] };
  }

  /** What is not to be written, as it is. */
  async survey(): Promise<string[]> {
    const found: string[] = [];
    for (const directory of [this.outside, this.hidden]) {
      for (const path of [directory, ...await namesIn(directory)]) {
        const entry = await Deno.lstat(path).catch(() => undefined);
        if (!entry) continue;
        const { mode, uid, mtime, isFile } = entry;
        const text = isFile ? await Deno.readTextFile(path) : "";
        found.push(`${path} ${mode} ${uid} ${mtime?.getTime()} ${text}`);
      }
    }
    return found.sort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** Paths of what is in a directory that may be gone. */
async function namesIn(directory: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(directory)).catch(() => []);
  return names.map(({ name }) => `${directory}/${name}`);
}

/** Starts commands, confined or not. */
export class Runner implements AsyncDisposable {
  readonly #spawner: Spawner;
  readonly #backend: Backend | undefined;

  private constructor(spawner: Spawner, backend?: Backend) {
    this.#spawner = spawner;
    this.#backend = backend;
  }

  /** Takes the backend over; without one, nothing is confined. */
  static async create(backend?: Backend): Promise<Runner> {
    return new Runner(await createSpawner(), backend);
  }

  /** Starts a command and hands it to somebody before it is disposed. */
  async use<T>(
    command: readonly [string, ...string[]],
    limits: Confinement,
    env: Readonly<Record<string, string>>,
    visit: (child: Child) => Promise<T>,
    terminal?: { rows: number; cols: number },
  ): Promise<T> {
    const what = { command, cwd: "/", env, hasTerminal: !!terminal };
    const confined = this.#backend === undefined
      ? { command, env }
      : await this.#backend.confine(what, limits);
    const { release, launcher, files } = confined;
    try {
      await using child = await this.#spawner.spawn({
        command: confined.command,
        cwd: "/",
        env: confined.env,
        stdin: "null",
        ...terminal && { terminal },
        ...launcher && { launcher },
        ...files && { files },
      });
      return await visit(child);
    } finally {
      await release?.();
    }
  }

  /** Runs a command to its end. */
  run(
    command: readonly [string, ...string[]],
    limits: Confinement,
    env: Readonly<Record<string, string>>,
    terminal?: { rows: number; cols: number },
  ): Promise<Aftermath> {
    return this.use(command, limits, env, async (child) => {
      const [stdout, stderr, exit] = await Promise.all([
        textOf(child.stdout),
        child.stderr === undefined ? "" : textOf(child.stderr),
        child.exit,
      ]);
      return { stdout, stderr, exit };
    }, terminal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spawner[Symbol.asyncDispose]();
    await this.#backend?.[Symbol.asyncDispose]();
  }
}

/** Everything that comes until the end, as text. */
export async function textOf(output: Output): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const bytes = await output.read(65_536);
    if (bytes === undefined) return text + decoder.decode();
    text += decoder.decode(bytes, { stream: true });
  }
}

/** Tests the same of every way to confine commands. */
export function testEach(
  what: string,
  body: (
    runner: Runner,
    test: { name: string; t: Deno.TestContext },
  ) => Promise<void>,
  { alone }: { alone?: string } = {},
): void {
  for (const backendName of Object.keys(makers)) {
    const run = async (t: Deno.TestContext): Promise<void> => {
      const backend = await makeBackend(backendName);
      if (backend === undefined) return;
      await using runner = await Runner.create(backend);
      await body(runner, { name: backendName, t });
    };
    const name = `escape from ${backendName}: ${what}`;
    if (alone !== undefined) testAlone({ module: alone, name }, run);
    else Deno.test({ name, ignore: !isLinux }, run);
  }
}

/** Threads of this process, restricted ones too. */
export function threadNumbers(): number[] {
  return Array.from(
    Deno.readDirSync("/proc/self/task"),
    ({ name }) => Number(name),
  );
}
