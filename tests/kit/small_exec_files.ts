import { SmallExecError } from "./small_exec_error.ts";

type Params = Record<string, unknown>;

/** What a sandbox of an exec server says, as far as it is looked at here. */
interface Confinement {
  readonly workspaceRoots: readonly string[];
  readonly permissions: {
    readonly file_system: {
      readonly entries: readonly {
        readonly access: string;
        readonly path: {
          readonly type: string;
          readonly path?: string;
          readonly value?: { readonly kind: string };
        };
      }[];
    };
  };
}

/** The files of a {@linkcode SmallExecServer}: those of this machine. */
export class SmallExecFiles {
  /**
   * Does something to a file.
   *
   * @throws {SmallExecError} if that fails, or is not to be.
   */
  async do(method: string, params: Params): Promise<unknown> {
    const path = toPath(String(params["path"]));
    if (changing.has(method)) {
      checkMayWrite(path, params["sandbox"] as Confinement | null);
    }
    try {
      return await this.#do(method, path, params);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new SmallExecError(
          -32004,
          "No such file or directory (os error 2)",
        );
      }
      throw error;
    }
  }

  async #do(method: string, path: string, params: Params): Promise<unknown> {
    switch (method) {
      case "fs/getMetadata": {
        const { isFile, isDirectory, size } = await Deno.stat(path);
        return { isFile, isDirectory, isSymlink: false, size };
      }
      case "fs/canonicalize":
        return { path: toUrl(await Deno.realPath(path)) };
      case "fs/readFile":
        return { dataBase64: (await Deno.readFile(path)).toBase64() };
      case "fs/writeFile": {
        const bytes = Uint8Array.fromBase64(String(params["dataBase64"]));
        await Deno.writeFile(path, bytes);
        return {};
      }
      case "fs/createDirectory":
        await Deno.mkdir(path, { recursive: params["recursive"] === true });
        return {};
      case "fs/remove":
        await Deno.remove(path);
        return {};
    }
    throw new SmallExecError(-32601, `\`${method}\` is not known`);
  }
}

const changing: ReadonlySet<string> = new Set([
  "fs/writeFile",
  "fs/createDirectory",
  "fs/remove",
]);

function toPath(url: string): string {
  return decodeURIComponent(new URL(url).pathname);
}

function toUrl(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** @throws {SmallExecError} if the sandbox is in the way. */
function checkMayWrite(path: string, sandbox: Confinement | null): void {
  if (sandbox === null) return;
  const roots = sandbox.permissions.file_system.entries
    .filter(({ access }) => access === "write")
    .flatMap(({ path: { path, value } }) =>
      value?.kind === "project_roots"
        ? sandbox.workspaceRoots
        : path === undefined
        ? []
        : [path]
    ).map(toPath);
  if (roots.some((root) => `${path}/`.startsWith(`${root}/`))) return;
  throw new SmallExecError(-32603, "Read-only file system (os error 30)");
}
