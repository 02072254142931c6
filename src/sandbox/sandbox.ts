import type { Access } from "../access/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { SandboxWarning } from "./_default_permission.ts";
import type { Backend, Confinable, Confined } from "./confinement.ts";
import type { ReadConfig, Wish } from "./policies.ts";

export type { SandboxWarning } from "./_default_permission.ts";

/** Settings of {@linkcode createSandbox}. */
export interface SandboxOptions {
  /** What holds for commands whose requests do not say. */
  readonly config: Config;
  /** The server's own rules, which hold for every command. */
  readonly access: Access;
  /**
   * Where profiles that a command asks for are looked up. Default: `config`.
   */
  readonly readConfig?: ReadConfig;
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
