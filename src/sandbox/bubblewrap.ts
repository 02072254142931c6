import {
  type Backend,
  type Confinable,
  type Confined,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import { type HeldFile, holdFile } from "./_held_file.ts";
import { isForLoader } from "./_loader_variables.ts";
import { type Entry, type MountPlan, planMounts } from "./_mounts.ts";
import { isWithin } from "./_paths.ts";
import { findBubblewrap } from "./_find_bubblewrap.ts";
import { Placeholders } from "./_placeholders.ts";
import { realPath } from "./_real_path.ts";
import { findSignalShield, type SignalShield } from "./_signal_shield.ts";
import { toBubblewrapFilter } from "./_seccomp.ts";

/** bwrap takes no more than 9000 arguments of its own. */
const MAX_ARGUMENTS = 8_900;
/** How long a trial run may take. */
const TRIAL_TIMEOUT_MS = 5_000;

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
  const abilities = await tryOut(program);
  return new Bubblewrap(program, abilities, options);
}

/** What the kernel lets it do. */
interface Abilities {
  /** A user namespace. Without one it takes root. */
  readonly users: boolean;
  /** A /proc of its own; where a container forbids that, it is empty. */
  readonly proc: boolean;
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

function namespaceArguments(
  abilities: Abilities,
  network: boolean,
): string[] {
  const args = ["--unshare-pid", "--unshare-ipc"];
  if (abilities.users) args.unshift("--unshare-user");
  if (!network) args.push("--unshare-net");
  // Root keeps its capabilities if not told otherwise.
  args.push("--die-with-parent", "--cap-drop", "ALL");
  return args;
}

async function groundArguments(
  plan: MountPlan,
  abilities: Abilities,
): Promise<string[]> {
  const args = plan.ground === "empty"
    ? await topLinks(plan)
    : [plan.ground === "writable" ? "--bind" : "--ro-bind", "/", "/"];
  args.push("--dev", "/dev");
  if (abilities.proc) {
    // Root may write the machine's settings even without capabilities.
    args.push("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys");
    for (const path of ["/proc/sysrq-trigger", "/proc/mtrr"]) {
      args.push("--ro-bind-try", path, path);
    }
  } else {
    // The machine's own would show the server's memory and environment.
    args.push("--tmpfs", "/proc", "--remount-ro", "/proc");
  }
  return args;
}

/** Links in the root, such as /bin, that lead to something in the box. */
async function topLinks(plan: MountPlan): Promise<string[]> {
  const args: string[] = [];
  for await (const { name, isSymlink } of Deno.readDir("/")) {
    if (!isSymlink) continue;
    const path = `/${name}`;
    try {
      const [target, real] = await Promise.all([
        Deno.readLink(path),
        Deno.realPath(path),
      ]);
      const isInside = [...plan.mounts].some(([mount, kind]) =>
        !kind.startsWith("hidden") && isWithin(mount, real)
      );
      if (isInside && !plan.mounts.has(path)) {
        args.push("--symlink", target, path);
      }
    } catch {
      // It leads nowhere.
    }
  }
  return args;
}

function mountArguments(plan: MountPlan): string[] {
  const args: string[] = [];
  for (const [path, mount] of plan.mounts) {
    switch (mount) {
      case "writable":
        args.push("--bind", path, path);
        break;
      case "readable":
        args.push("--ro-bind", path, path);
        break;
      case "hidden directory":
        args.push("--perms", "0000", "--tmpfs", path, "--remount-ro", path);
        break;
      case "hidden file":
        // Nobody may open a device there.
        args.push("--ro-bind", "/dev/null", path);
    }
  }
  if (plan.ground === "empty") args.push("--remount-ro", "/");
  return args;
}

async function look(path: string): Promise<Entry> {
  try {
    const { isDirectory, isSymlink } = await Deno.lstat(path);
    return isDirectory ? "directory" : isSymlink ? "link" : "file";
  } catch {
    return undefined;
  }
}

/** Finds the strongest box that the kernel lets it make. */
async function tryOut(program: string): Promise<Abilities> {
  let reason = "";
  for (
    const abilities of [
      { users: true, proc: true },
      // As root in a container that has no user namespaces.
      { users: false, proc: true },
      { users: true, proc: false },
      { users: false, proc: false },
    ]
  ) {
    const args = [
      ...namespaceArguments(abilities, false),
      ...await groundArguments(
        { ground: "readable", mounts: new Map(), placeholders: [] },
        abilities,
      ),
      "--perms",
      "0000",
      "--tmpfs",
      "/tmp",
      "--",
      program,
      "--version",
    ];
    const { success, stderr } = await new Deno.Command(program, {
      args,
      cwd: "/",
      clearEnv: true,
      stdin: "null",
      signal: AbortSignal.timeout(TRIAL_TIMEOUT_MS),
    }).output();
    if (success) return abilities;
    reason ||= new TextDecoder().decode(stderr).trim();
  }
  throw new SandboxUnavailable(`"${program}" does not work here: ${reason}`);
}
