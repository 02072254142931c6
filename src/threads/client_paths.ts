import { resolvePath, RpcError } from "../protocol/mod.ts";
import type { ThreadAccess } from "./threads_options.ts";

/** What {@linkcode ClientPaths} are read against. */
export interface ClientPathsOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Where relative paths start. Default: where this process runs. */
  readonly cwd: (() => string) | undefined;
  /** Default: everything may be read and written. */
  readonly access: ThreadAccess | undefined;
}

/** Paths as clients name them. */
export class ClientPaths {
  /** What clients may touch. */
  readonly access: ThreadAccess | undefined;
  readonly #home: string;
  readonly #cwd: () => string;

  constructor({ home, cwd = Deno.cwd, access }: ClientPathsOptions) {
    this.#home = home;
    this.#cwd = cwd;
    this.access = access;
  }

  /**
   * The path of a rollout that a client names. Those of the home are the
   * server's own; any other is a file as all that clients touch.
   *
   * @throws {RpcError} if it may not be touched.
   */
  async checkRollout(path: string, use: "read" | "write"): Promise<string> {
    const { access } = this;
    const whole = this.resolve(path);
    if (access === undefined) return whole;
    try {
      const [real, home] = await Promise.all(
        [whole, this.#home].map((one) =>
          Deno.realPath(one).catch(() => undefined)
        ),
      );
      const isOwn = ["sessions", "archived_sessions"].some((name) =>
        real?.startsWith(`${home}/${name}/`)
      );
      if (isOwn) return whole;
      const read = await access.checkRead(whole);
      return use === "read" ? read : await access.checkWrite(whole);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw RpcError.invalidRequest(reason);
    }
  }

  /** Makes a path absolute, as clients mean it. */
  resolve(path: string | undefined): string {
    const cwd = this.#cwd();
    if (path === undefined || path === "") return cwd;
    const user = /^~(?:\/|$)/.test(path) ? Deno.env.get("HOME") : undefined;
    if (user !== undefined) return resolvePath("/", user + path.slice(1));
    return resolvePath(cwd, path);
  }

  /** Makes the path of a rollout absolute; a relative one counts from the home. */
  resolveRollout(path: string): string {
    return path.startsWith("/") ? path : `${this.#home}/${path}`;
  }
}
