import type { Access } from "../access/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { SandboxWarning } from "./_default_permission.ts";
import { findBubblewrap } from "./_find_bubblewrap.ts";
import type { LiveSandbox } from "./_live_sandbox.ts";
import type { Backend, Confinable, Confined } from "./confinement.ts";
import type { Wish } from "./policies.ts";

export type { SandboxWarning } from "./_default_permission.ts";

const withoutBubblewrap =
  "Cannot find bubblewrap (bwrap) on PATH. Install it with the package " +
  "manager of your system. In the meantime commands are confined with " +
  "Landlock, where the kernel has it; what Landlock cannot enforce, such as " +
  "protected names in writable directories, is refused.";

/** Settings of {@linkcode createSandbox}. */
export interface SandboxOptions {
  /** What holds for commands whose requests do not say. */
  readonly config: Config;
  /** The server's own rules, which hold for every command. */
  readonly access: Access;
  /** The server's environment. Default: the process's own. */
  readonly env?: { get(name: string): string | undefined };
  /** The server's working directory. Default: the process's own. */
  readonly cwd?: () => string;
  /** Where it says which backend it chose. */
  readonly log?: Logger;
  /** The only backend to try. Default: the best that works. */
  readonly only?: Backend["name"];
  /** What no confined command may see, such as the server's sockets. */
  readonly hidden?: () => readonly string[] | Promise<readonly string[]>;
  /**
   * A directory among these for files that commands must not change. Default:
   * the one for temporary files.
   */
  readonly directory?: string;
  /**
   * Where the server's own settings are: what they say of commands would be up
   * to the commands. Stays as it is below a root that may be written, unless it
   * or something in it is a root itself. Default: nothing.
   */
  readonly home?: string;
}

/** Decides how commands are started, and confines those that are to be. */
export interface Sandbox extends AsyncDisposable {
  /**
   * Looks for what users should know before they run commands: settings that
   * can't be followed, and weaker means than one could have.
   */
  findWarnings(): Promise<SandboxWarning[]>;
  /**
   * Says how a command is started.
   *
   * @param wish What its request says; `"unconfined"` if it is not to be
   * confined by anything but the server's own rules.
   * @throws {InvalidPermission} if the wish is wrong or not allowed.
   * @throws {AccessDenied} if the server's own rules forbid it.
   * @throws {SpawnError} if there is no such program to confine.
   * @throws {SandboxUnavailable} if it would have to be confined and can't be.
   */
  launch(what: Confinable, wish: Wish | "unconfined"): Promise<Confined>;
  /**
   * Says which real paths a command could write, for those who write on behalf
   * of somebody who is confined. The server's own rules are not looked at.
   *
   * @throws {InvalidPermission} if the wish is wrong or not allowed.
   */
  findWritable(wish: Wish): Promise<(place: string) => boolean>;
  /**
   * The same for what a command could read.
   *
   * @throws {InvalidPermission} if the wish is wrong or not allowed.
   */
  findReadable(wish: Wish): Promise<(place: string) => boolean>;
}

/**
 * Makes the sandbox of a server. What it is made of is loaded, and a backend
 * looked for, when the first command needs it.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  return new LazySandbox(options);
}

class LazySandbox implements Sandbox {
  readonly #options: SandboxOptions;
  #live: Promise<LiveSandbox> | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  async findWarnings(): Promise<SandboxWarning[]> {
    const { config, only, access, env = Deno.env } = this.#options;
    const { warnings, confinesByDefault } = await judge(config);
    const isNeeded = confinesByDefault || access.restrictsReads ||
      access.restrictsWrites;
    if (!isNeeded || only !== undefined || Deno.build.os !== "linux") {
      return warnings;
    }
    try {
      await findBubblewrap(env.get("PATH"));
    } catch {
      warnings.push({ summary: withoutBubblewrap, details: null });
    }
    return warnings;
  }

  async launch(
    what: Confinable,
    wish: Wish | "unconfined",
  ): Promise<Confined> {
    return await (await this.#open()).launch(what, wish);
  }

  async findWritable(wish: Wish): Promise<(place: string) => boolean> {
    return await (await this.#open()).findWritable(wish);
  }

  async findReadable(wish: Wish): Promise<(place: string) => boolean> {
    return await (await this.#open()).findReadable(wish);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#live)?.[Symbol.asyncDispose]();
  }

  #open(): Promise<LiveSandbox> {
    this.#live ??= import("./_live_sandbox.ts").then(({ LiveSandbox }) =>
      new LiveSandbox(this.#options)
    );
    return this.#live;
  }
}

/** What a configuration says of commands whose requests do not. */
async function judge(
  config: Config,
): Promise<{ warnings: SandboxWarning[]; confinesByDefault: boolean }> {
  // Every start asks, and most have nothing to read.
  const isPlain = !config.requirements &&
    decisive.every((key) => config.get(key) === undefined);
  if (isPlain) return { warnings: [], confinesByDefault: true };
  const { confines, readDefault } = await import("./_default_permission.ts");
  const { permission, warnings } = readDefault(config);
  return { warnings, confinesByDefault: confines(permission) };
}

/** Keys that decide what a command may do if its request does not say. */
const decisive = ["sandbox_mode", "default_permissions", "permissions"];
