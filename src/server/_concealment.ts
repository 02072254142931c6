import { toControlSocketPath } from "../transport/mod.ts";

/**
 * What no confined command may see: the ways to this server and to others of
 * its home. Whoever gets in there runs commands that nothing confines.
 */
export class Concealment {
  /** The directory of the control socket; there once `paths` was called. */
  readonly directory: string;
  readonly #sockets = new Set<string>();
  #preparing: Promise<void> | undefined;

  readonly #secrets: readonly string[];

  /**
   * @param home Directory whose control socket servers listen on.
   * @param secrets Files with what lets a client in.
   */
  constructor(home: string, secrets: readonly string[] = []) {
    this.#secrets = secrets.map((path) =>
      path.startsWith("/") ? path : `${Deno.cwd()}/${path}`
    );
    const socket = toControlSocketPath(home);
    this.directory = socket.slice(0, socket.lastIndexOf("/"));
  }

  /** Takes in a socket that this server listens on. */
  add(socket: string): void {
    this.#sockets.add(socket);
  }

  /** Lets go of a socket that is closed. */
  delete(socket: string): void {
    this.#sockets.delete(socket);
  }

  /** All of it, by path. */
  async paths(): Promise<string[]> {
    await (this.#preparing ??= this.#prepare());
    return [this.directory, ...this.#sockets, ...this.#secrets];
  }

  /**
   * What is not there can't be covered, but may come to be while a command
   * runs: a server may start in this home at any time.
   */
  async #prepare(): Promise<void> {
    // Where this fails, servers of the same user can't make it either.
    await Deno.mkdir(this.directory, { mode: 0o700 }).catch(() => {});
  }
}
