import {
  type Backend,
  type Confinable,
  type Confined,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import {
  type Abilities,
  groundArguments,
  mountArguments,
  namespaceArguments,
} from "./_box_arguments.ts";
import { type HeldFile, holdFile } from "./_held_file.ts";
import { isForLoader } from "./_loader_variables.ts";
import { type Entry, planMounts } from "./_mounts.ts";
import { findBubblewrap } from "./_find_bubblewrap.ts";
import { Placeholders, toDirectory } from "./_placeholders.ts";
import { realPath } from "./_real_path.ts";
import { findSignalShield, type SignalShield } from "./_signal_shield.ts";
import { toBubblewrapFilter } from "./_seccomp.ts";
import { tryBubblewrap } from "./_try_bubblewrap.ts";

/** bwrap takes no more than 9000 arguments of its own. */
const MAX_ARGUMENTS = 8_900;

type Awaitable<T> = T | Promise<T>;

/** Settings of {@linkcode createBubblewrap}. */
export interface BubblewrapOptions {
  /** Where the program `bwrap` is looked for. Default: this process's PATH. */
  readonly searchPath?: string | undefined;
  /** What no command may see whatever its confinement says. */
  readonly hidden?: () => Awaitable<readonly string[]>;
  /**
   * A directory that commands can't write, for files of its own. Default: the
   * one for temporary files, which some can.
   */
  readonly directory?: string | undefined;
  /**
   * The filter of system calls that a command runs under, as the kernel takes
   * it. Default: one that leaves the kernel's odd corners out, and without
   * network all sockets that reach anybody.
   */
  readonly filter?: (network: boolean) => Uint8Array;
}

/**
 * Confines commands with bubblewrap: namespaces of their own, and a file tree
 * that is put together for each.
 *
 * @throws {SandboxUnavailable} if it is missing or does not work here.
 */
export async function createBubblewrap(
  options: BubblewrapOptions = {},
): Promise<Backend> {
  const program = await findBubblewrap(
    options.searchPath ?? Deno.env.get("PATH"),
  );
  const abilities = await tryBubblewrap(program);
  return new Bubblewrap(program, abilities, options);
}

class Bubblewrap implements Backend {
  readonly name = "bubblewrap";
  readonly #program: string;
  readonly #abilities: Abilities;
  readonly #options: BubblewrapOptions;
  readonly #placeholders = new Placeholders();
  #shield: Promise<SignalShield | undefined> | undefined;
  #filters: Promise<Filters> | undefined;

  constructor(
    program: string,
    abilities: Abilities,
    options: BubblewrapOptions,
  ) {
    this.#program = program;
    this.#abilities = abilities;
    this.#options = options;
  }

  async confine(what: Confinable, limits: Confinement): Promise<Confined> {
    const { hidden = () => [] } = this.#options;
    const concealed = await Promise.all((await hidden()).map(realPath));
    const { online, offline } = await (this.#filters ??= this.#makeFilters());
    for (const { isNamed, path } of [online, offline]) {
      if (isNamed) concealed.push(path);
    }
    const filter = limits.network ? online : offline;
    const present = concealed.filter((path) => path !== undefined);
    const plan = await planMounts({
      ...limits,
      hidden: [...limits.hidden, ...present],
    }, look);
    const args = [
      ...namespaceArguments(this.#abilities, limits.network),
      ...await groundArguments(plan, this.#abilities),
      ...mountArguments(plan),
    ];
    args.push("--seccomp", "3");
    // A loader would follow these in bwrap too, outside of the box.
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(what.env)) {
      if (isForLoader(name)) args.push("--setenv", name, value);
      else env[name] = value;
    }
    args.push("--chdir", what.cwd, "--");
    if (args.length > MAX_ARGUMENTS) {
      throw new SandboxUnavailable(
        `Cannot confine the command with bubblewrap: ${plan.mounts.size} paths are too many`,
      );
    }
    const taken = plan.placeholders.length > 0
      ? await this.#placeholders.take(plan.placeholders)
      : undefined;
    return {
      command: await this.#toCommand(what, limits, args),
      env,
      files: [filter.path],
      ...taken && {
        release: async () => await taken[Symbol.asyncDispose](),
      },
    };
  }

  /**
   * Both, before there is any command that might change one while it is made.
   */
  async #makeFilters(): Promise<Filters> {
    const { filter = toBubblewrapFilter, directory } = this.#options;
    await using made = new AsyncDisposableStack();
    const online = made.use(await holdFile(filter(true), directory));
    const offline = made.use(await holdFile(filter(false), directory));
    const held = made.move();
    return {
      online,
      offline,
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  }

  async #toCommand(
    { command, hasTerminal, isAsked = false }: Confinable,
    limits: Confinement,
    args: readonly string[],
  ): Promise<Confined["command"]> {
    const plain = [this.#program, ...args, ...command] as const;
    // To env, a name with "=" is none of a program.
    const isSignalled = hasTerminal || isAsked;
    if (!isSignalled || command[0].includes("=") || limits.reads !== "all") {
      return plain;
    }
    const shield = await (this.#shield ??= findSignalShield());
    if (shield === undefined) return plain;
    const [first, ...others] = shield.outer;
    return [
      first,
      ...others,
      this.#program,
      ...args,
      ...shield.inner,
      ...command,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#placeholders[Symbol.asyncDispose]();
    const filters = await this.#filters?.catch(() => undefined);
    this.#filters = undefined;
    await filters?.[Symbol.asyncDispose]();
  }
}

/** Filters of system calls for commands with network and without. */
interface Filters extends AsyncDisposable {
  readonly online: HeldFile;
  readonly offline: HeldFile;
}

async function look(path: string): Promise<Entry> {
  try {
    const info = await Deno.lstat(path);
    if (info.isDirectory) return toDirectory(info);
    return info.isSymlink ? "link" : "file";
  } catch {
    return undefined;
  }
}
