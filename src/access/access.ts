import { findPrograms } from "./_find_programs.ts";
import { joinNames } from "./_names.ts";
import { type Pin, Pinboard } from "./_pin.ts";
import { AccessDenied } from "./access_denied.ts";
import {
  MAX_PATH_LENGTH,
  resolvePlace,
  resolveTarget,
  tooLong,
} from "./_real_path.ts";
import { Roster } from "./_roster.ts";
import { type Bounds, Territory } from "./_territory.ts";

/**
 * The permission flags. `true` is the flag without a list. An absent `allow`
 * allows everything; a list allows its paths and what is below them. `deny`
 * wins. Relative paths start at the working directory.
 */
export interface AccessRules {
  /** `--allow-read`. */
  readonly allowRead?: true | readonly string[];
  /** `--deny-read`. */
  readonly denyRead?: true | readonly string[];
  /** `--allow-write`. */
  readonly allowWrite?: true | readonly string[];
  /** `--deny-write`. */
  readonly denyWrite?: true | readonly string[];
  /**
   * `--allow-run`. Names of programs, as PATH leads to them when the server
   * starts, or paths. What a file may do under one name it may not do under
   * another.
   */
  readonly allowRun?: true | readonly string[];
  /**
   * `--deny-run`. A name stands for every program of that name and for the
   * files that PATH leads to, under whatever name; a path for the file there.
   */
  readonly denyRun?: true | readonly string[];
}

/** How far an operation on a path goes. */
export interface Reach {
  /** It concerns a link itself, not what the link leads to. Default false. */
  readonly itself?: boolean;
  /** It concerns everything below the path too. Default false. */
  readonly tree?: boolean;
}

/**
 * Decides what clients may touch. Paths that come in are absolute and
 * normalised; paths that go out are real paths, and they are what has to be
 * opened. Without rules nothing is looked up and paths go out as they came.
 *
 * @example Allow one directory
 * ```ts
 * import { Access } from "./mod.ts";
 *
 * const access = await Access.create({ allowRead: ["/etc"] });
 * await access.checkRead("/etc/hostname");
 * try {
 *   await access.checkRead("/root/secret");
 *   throw new Error("Expected a refusal");
 * } catch (error) {
 *   if (!(error instanceof Error) || error.name !== "AccessDenied") throw error;
 * }
 * ```
 */
export class Access {
  readonly #read: Territory;
  readonly #write: Territory;
  readonly #run: Roster;
  readonly #pins: Pinboard | undefined;

  private constructor(
    read: Territory,
    write: Territory,
    run: Roster,
    pins?: Pinboard,
  ) {
    this.#read = read;
    this.#write = write;
    this.#run = run;
    this.#pins = pins;
  }

  /**
   * Looks up the paths of the rules.
   *
   * @param options.cwd Where relative paths start; the working directory of the
   * process by default.
   * @param options.searchPath Where names of programs lead; PATH by default.
   */
  static async create(
    rules: AccessRules,
    options: { cwd?: string; searchPath?: string } = {},
  ): Promise<Access> {
    const { allowRead, denyRead, allowWrite, denyWrite } = rules;
    const { allowRun, denyRun } = rules;
    const cwd = options.cwd ?? Deno.cwd();
    // Whoever embeds a server without such rules need not show it the PATH.
    const searchPath = options.searchPath ??
      (allowRun === undefined && denyRun === undefined
        ? undefined
        : Deno.env.get("PATH"));
    const [read, write, run] = await Promise.all([
      Territory.create("read", { allow: allowRead, deny: denyRead }, cwd),
      Territory.create("write", { allow: allowWrite, deny: denyWrite }, cwd),
      Roster.create({ allow: allowRun, deny: denyRun }, { cwd, searchPath }),
    ]);
    const isRestricted = read.isRestricted || write.isRestricted;
    const pins = isRestricted ? await Pinboard.create() : undefined;
    return new Access(read, write, run, pins);
  }

  /** Whether any path may not be read. */
  get restrictsReads(): boolean {
    return this.#read.isRestricted;
  }

  /** Whether any path may not be written. */
  get restrictsWrites(): boolean {
    return this.#write.isRestricted;
  }

  /** Whether any program may not be run. */
  get restrictsRuns(): boolean {
    return this.#run.isRestricted;
  }

  /**
   * Where reading and writing are allowed, by real path, as of now: for those
   * who make the system itself hold a program to it.
   */
  async bounds(): Promise<{ read: Bounds; write: Bounds }> {
    await Promise.all([this.#read.refresh(), this.#write.refresh()]);
    return { read: this.#read.bounds, write: this.#write.bounds };
  }

  /**
   * Gives the real path to read for a path that was asked for.
   *
   * @throws {AccessDenied} if a rule forbids it.
   * @throws {Deno.errors.FilesystemLoop} if it has too many links.
   */
  async checkRead(path: string, reach: Reach = {}): Promise<string> {
    return await check(this.#read, "Reading", path, reach);
  }

  /**
   * Gives the real path to write for a path that was asked for. Nothing need
   * be there yet.
   *
   * @throws {AccessDenied} if a rule forbids it.
   */
  async checkWrite(path: string, reach: Reach = {}): Promise<string> {
    return await check(this.#write, "Writing", path, reach);
  }

  /**
   * Gives what to start for a program that was asked for: an absolute path of
   * real directories, with the last name left as it is, which some programs go
   * by. Whether it may be read is another matter and not asked. Without rules
   * for programs it goes out as it came.
   *
   * @param program Name or path.
   * @param around Where it would be run: PATH, working directory and, by name,
   * the variables that are set on top of the server's own, `null` removing one.
   * @throws {AccessDenied} if a rule forbids it, or if it is not there.
   */
  async checkRun(
    program: string,
    around: {
      cwd: string;
      searchPath: string | undefined;
      variables?: Readonly<Record<string, string | null>>;
    },
  ): Promise<string> {
    if (!this.#run.isRestricted) return program;
    refuseOddPath(program);
    for (const [name, value] of Object.entries(around.variables ?? {})) {
      if (value === null || !loadsCode(name)) continue;
      const { flag } = this.#run;
      throw new AccessDenied(
        `Running is not allowed: variable "${name}" would have program ` +
          `"${program}" load other code, under ${flag}`,
        { path: program, flag },
      );
    }
    const files = findPrograms(program, around);
    // A name that leads nowhere is judged as if it were right here.
    const { value: file } = await files.next();
    const objection = await this.#run.objection(file ?? `/${program}`);
    if (objection === undefined) {
      if (file === undefined) return program;
      return (await resolvePlace(file)).path;
    }
    const { flag, reason } = objection;
    throw new AccessDenied(
      `Running is not allowed: program "${program}" ${reason}`,
      { path: program, flag },
    );
  }

  /**
   * Holds on to what is at a real path that was checked: the path of the pin
   * leads to it and to nothing else, whatever becomes of the real path. Where
   * that is impossible (see the charter of this room) and where there are no
   * rules, it is the real path itself.
   *
   * @param path As it was asked for, for the message.
   * @throws {AccessDenied} if the path is not real any more.
   * @throws {Deno.errors.NotFound} if nothing is there.
   */
  pin(real: string, path: string): Pin {
    if (this.#pins === undefined) return unpinned(real);
    const pin = this.#pins.pin(real);
    if (pin === undefined) throw this.swapped(path);
    return pin;
  }

  /**
   * As {@linkcode Access.pin}, for a name in a directory: the directory is held
   * on to. What has that name may change, may be missing or may be a link.
   */
  pinEntry(real: string, path: string): Pin {
    if (this.#pins === undefined) return unpinned(real);
    const pin = this.#pins.pinEntry(real);
    if (pin === undefined) throw this.swapped(path);
    return pin;
  }

  /**
   * Makes sure that an opened file is the one at the real path that was
   * checked, and that the path is still real: between a check and an opening
   * somebody may have put a link in the way.
   *
   * @param path As it was asked for, for the message.
   * @throws {AccessDenied} if it is another one.
   */
  async confirm(
    file: Deno.FsFile,
    real: string,
    path: string,
  ): Promise<void> {
    if (!this.#read.isRestricted && !this.#write.isRestricted) return;
    let isSame = false;
    try {
      using pin = this.pin(real, path);
      const isPinned = pin.path !== real;
      const [opened, there, again] = await Promise.all([
        file.stat(),
        isPinned ? Deno.stat(pin.path) : Deno.lstat(real),
        isPinned ? real : Deno.realPath(real),
      ]);
      isSame = again === real && opened.dev === there.dev &&
        opened.ino === there.ino;
    } catch {
      // Gone or unreadable by now: not the file that was checked.
    }
    if (isSame) return;
    throw this.swapped(path);
  }

  /** The refusal of a path that is not any more what was checked. */
  swapped(path: string): AccessDenied {
    const flag = this.#write.isRestricted ? "--allow-write" : "--allow-read";
    return new AccessDenied(
      `Access is not allowed under ${flag}: ` +
        `path "${path}" changed while it was opened`,
      { path, flag },
    );
  }
}

function unpinned(path: string): Pin {
  return { path, [Symbol.dispose]() {} };
}

/** Whether a variable names code that is loaded into whatever is started. */
function loadsCode(name: string): boolean {
  return name.startsWith("LD_") || name.startsWith("DYLD_") ||
    name === "GCONV_PATH" || name === "GLIBC_TUNABLES";
}

function refuseOddPath(path: string): void {
  if (path.includes("\0")) {
    throw new TypeError("Cannot look up a path that holds a NUL byte");
  }
  // No system takes it, and to follow it name by name would take for ever.
  if (path.length > MAX_PATH_LENGTH) throw tooLong();
}

async function check(
  territory: Territory,
  action: string,
  path: string,
  { itself = false, tree = false }: Reach,
): Promise<string> {
  if (!territory.isRestricted) return path;
  refuseOddPath(path);
  await territory.refresh();
  const { path: real, fault } =
    await (itself ? resolvePlace(path) : resolveTarget(path));
  const objection = territory.objection(real, tree);
  if (objection === undefined) {
    if (fault !== undefined) throw fault;
    return real;
  }
  // A path that is refused by its name alone is refused in the same words
  // whatever is there: nobody learns what lies outside.
  const named = territory.objection(joinNames("/", path.split("/")), tree);
  const { flag, reason } = named ?? objection;
  const also = named === undefined ? " (through a link)" : "";
  throw new AccessDenied(
    `${action} is not allowed: path "${path}"${also} ${reason}`,
    { path, flag },
  );
}
