import type { Asker } from "./_asker.ts";
import { isRecord, readText } from "./_exec_server_json.ts";
import { fromFileUrl, toFileUrl } from "./_file_url.ts";
import { toWireSandbox } from "./_to_wire_sandbox.ts";
import { ExecServerError } from "./exec_server_error.ts";
import type { RemoteConfinement } from "./remote_order.ts";

/** Longest file in bytes that is written: it goes over in one message. */
const MAX_WRITE_BYTES = 10 * 1024 * 1024;
/** How long an exec server may take for the bytes of a file. */
const TIMEOUT_MS = 60_000;
const long: ReadonlySet<string> = new Set(["fs/readFile", "fs/writeFile"]);
/** Code of a refusal because nothing is there. */
const NOT_FOUND = -32004;

/** What is at a path on another machine. */
export interface RemoteStat {
  readonly isFile: boolean;
  readonly size: number;
}

/** What is done to files on another machine is done within this. */
export interface RemoteFileOptions {
  /** Null for what is not confined. */
  readonly confinement: RemoteConfinement | null;
  readonly signal?: AbortSignal;
}

/** What the server of the other machine is asked with. */
export interface RemoteFilesOptions {
  readonly asker: Asker;
  /** Home of the user there, if that is known. */
  readonly userHome: () => string | undefined;
}

/** The files of another machine. Paths are absolute. */
export class RemoteFiles {
  readonly #asker: Asker;
  readonly #userHome: () => string | undefined;

  constructor({ asker, userHome }: RemoteFilesOptions) {
    this.#asker = asker;
    this.#userHome = userHome;
  }

  /**
   * What is there, after all links; nothing if there is nothing.
   *
   * @throws {Error} the machine's own words, or why it can't be asked.
   */
  async stat(
    path: string,
    options: RemoteFileOptions,
  ): Promise<RemoteStat | undefined> {
    const answer = await this.#askIfThere("fs/getMetadata", path, {}, options);
    if (answer === undefined) return undefined;
    const { isFile, size } = isRecord(answer) ? answer : {};
    return {
      isFile: isFile === true,
      size: typeof size === "number" ? size : 0,
    };
  }

  /**
   * The real path; nothing if there is nothing.
   *
   * @throws {Error} as for `stat`.
   */
  async realPath(
    path: string,
    options: RemoteFileOptions,
  ): Promise<string | undefined> {
    const answer = await this.#askIfThere("fs/canonicalize", path, {}, options);
    return answer === undefined
      ? undefined
      : fromFileUrl(readText(answer, "path"));
  }

  /**
   * The bytes of a file; nothing if there is none.
   *
   * @throws {Error} as for `stat`.
   */
  async read(
    path: string,
    options: RemoteFileOptions,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const answer = await this.#askIfThere("fs/readFile", path, {}, options);
    return answer === undefined
      ? undefined
      : Uint8Array.fromBase64(readText(answer, "dataBase64"));
  }

  /**
   * Gives a file this content. Its directory has to be there.
   *
   * @throws {Error} as for `stat`, or if it is too long.
   */
  async write(
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: RemoteFileOptions,
  ): Promise<void> {
    if (bytes.length > MAX_WRITE_BYTES) {
      throw new RangeError(
        `file would be longer than the ${MAX_WRITE_BYTES} bytes that can be ` +
          "written there",
      );
    }
    const dataBase64 = bytes.toBase64();
    await this.#ask("fs/writeFile", path, { dataBase64 }, options);
  }

  /**
   * Makes a directory, and those above it.
   *
   * @throws {Error} as for `stat`.
   */
  async makeDirectory(path: string, options: RemoteFileOptions): Promise<void> {
    await this.#ask("fs/createDirectory", path, { recursive: true }, options);
  }

  /**
   * Takes a file away.
   *
   * @throws {Error} as for `stat`.
   */
  async remove(path: string, options: RemoteFileOptions): Promise<void> {
    const how = { recursive: false, force: false };
    await this.#ask("fs/remove", path, how, options);
  }

  async #askIfThere(
    method: string,
    path: string,
    params: Readonly<Record<string, unknown>>,
    options: RemoteFileOptions,
  ): Promise<unknown> {
    try {
      return await this.#ask(method, path, params, options);
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      const isThere = !(cause instanceof ExecServerError) ||
        cause.refusal?.code !== NOT_FOUND;
      if (isThere) throw error;
      return undefined;
    }
  }

  async #ask(
    method: string,
    path: string,
    params: Readonly<Record<string, unknown>>,
    { confinement, signal }: RemoteFileOptions,
  ): Promise<unknown> {
    const sandbox = toWireSandbox(confinement, "files", this.#userHome());
    try {
      return await this.#asker.ask(
        method,
        { path: toFileUrl(path), ...params, sandbox },
        {
          ...long.has(method) && { timeoutMs: TIMEOUT_MS },
          ...signal !== undefined && { signal },
        },
      );
    } catch (error) {
      if (!(error instanceof ExecServerError)) throw error;
      // What the machine itself says needs no word about who asked it.
      throw new Error(error.refusal?.reason ?? error.message, { cause: error });
    }
  }
}
