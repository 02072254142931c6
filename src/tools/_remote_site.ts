import type { Config } from "../config/mod.ts";
import type { PatchFiles } from "../patch/mod.ts";
import type { ThreadEnvironment } from "../protocol/mod.ts";
import { RefusedRequest } from "./_command_request.ts";
import { toTooLong } from "./_local_site.ts";
import { findPlace, findWorkTree } from "./_remote_places.ts";
import { toOwnVariables, toVariablePolicy } from "./_shell_environment.ts";
import type { Machine, MachineConfinement } from "./machine.ts";
import type {
  RunningProgram,
  Site,
  SiteCommand,
  SiteLimits,
  SiteReading,
} from "./site.ts";

/** Shells that take a command behind `-c` or `-lc`. */
const shells: ReadonlySet<string> = new Set(["bash", "zsh", "sh"]);
/** Parts of a workspace that stay closed to writing. */
const shielded = [".git", ".agents", ".codex", ".aws"];

/** What another machine is worked on with. */
export interface RemoteSiteOptions {
  readonly machine: Machine;
  readonly config: Config;
}

/**
 * Another machine, behind an exec server: what confines a command there is
 * enforced over there, and told with every request.
 */
export class RemoteSite implements Site {
  readonly id: string;
  readonly cwd: string;
  readonly #roots: readonly string[];
  readonly #options: RemoteSiteOptions;

  /** @param environment Where the thread works there. */
  constructor(
    { environmentId, cwd, runtimeWorkspaceRoots }: ThreadEnvironment,
    options: RemoteSiteOptions,
  ) {
    this.id = environmentId;
    this.cwd = cwd;
    this.#roots = runtimeWorkspaceRoots;
    this.#options = options;
  }

  async findShell(
    asked: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const { name, path } = await this.#reach(() =>
      this.#options.machine.shell(signal)
    );
    const wanted = asked?.slice(asked.lastIndexOf("/") + 1) ?? name;
    if (wanted === name && shells.has(name)) return path;
    throw new RefusedRequest(
      `environment \`${this.id}\` has no shell for this but \`${name}\``,
    );
  }

  async realPlace(path: string, signal: AbortSignal): Promise<string> {
    return await this.#reach(() =>
      findPlace(this.#options.machine.files, path, signal)
    );
  }

  start(command: SiteCommand): RunningProgram {
    const { machine, config } = this.#options;
    const { processId, owner, argv, cwd, hasTerminal, signal } = command;
    return machine.start({
      processId,
      owner,
      argv,
      cwd,
      variables: toVariablePolicy(config),
      env: {
        ...toOwnVariables(owner),
        ...!hasNetwork(command) && { CODEX_SANDBOX_NETWORK_DISABLED: "1" },
      },
      hasTerminal,
      confinement: command.isUnconfined ? null : this.#confine(command),
      signal,
    });
  }

  async files(limits: SiteLimits): Promise<PatchFiles> {
    const { RemotePatchFiles } = await import("./_remote_patch_files.ts");
    const { files } = this.#options.machine;
    return new RemotePatchFiles(files, this.#confine(limits));
  }

  async findWritable(
    { settings: { sandboxPolicy }, grant }: SiteLimits,
  ): Promise<(place: string) => boolean> {
    const { files } = this.#options.machine;
    const find = (paths: readonly string[]) =>
      this.#reach(() =>
        Promise.all(paths.map((path) => findPlace(files, path)))
      );
    const isBelow = (root: string, place: string) =>
      root === "/" || place === root || place.startsWith(`${root}/`);
    const isGranted = (place: string) =>
      grant.writes.some((root) => isBelow(root, place));
    if (sandboxPolicy.type !== "workspaceWrite") return isGranted;
    const roots = await find(this.#roots);
    const others = await find([
      ...sandboxPolicy.writableRoots ?? [],
      ...sandboxPolicy.excludeSlashTmp === true ? [] : ["/tmp"],
    ]);
    const isShielded = (place: string) =>
      roots.some((root) =>
        shielded.some((name) => isBelow(`${root}/${name}`, place))
      );
    return (place) =>
      isGranted(place) ||
      [...roots, ...others].some((root) => isBelow(root, place)) &&
        !isShielded(place);
  }

  async readImage(
    path: string,
    { maxBytes, signal }: SiteReading,
  ): Promise<Uint8Array | string> {
    const { files } = this.#options.machine;
    const options = { confinement: null, signal };
    const nowhere = `unable to locate image at \`${path}\`: `;
    const missing = `${nowhere}No such file or directory (os error 2)`;
    try {
      const stat = await files.stat(path, options);
      if (stat === undefined) return missing;
      if (!stat.isFile) return `image path \`${path}\` is not a file`;
      if (stat.size > maxBytes) return toTooLong(path, stat.size, maxBytes);
      return await files.read(path, options) ?? missing;
    } catch (error) {
      signal.throwIfAborted();
      return nowhere + (error as Error).message;
    }
  }

  findWorkTree(): Promise<string> {
    return findWorkTree(this.#options.machine.files, this.cwd);
  }

  /** What is enforced over there; nothing where nothing is to be. */
  #confine({ settings, grant }: SiteLimits): MachineConfinement | null {
    const { sandboxPolicy: policy } = settings;
    if (policy.type !== "readOnly" && policy.type !== "workspaceWrite") {
      return null;
    }
    const { cwd } = this;
    return { policy, cwd, workspaceRoots: this.#roots, grant };
  }

  /** Does what needs the machine to be there. */
  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || error.name === "AbortError") throw error;
      throw new RefusedRequest(
        `environment \`${this.id}\` can't be used now: ${error.message}`,
      );
    }
  }
}

/** Whether a command may use the network. */
function hasNetwork({ settings, grant }: SiteLimits): boolean {
  const { sandboxPolicy: policy } = settings;
  return policy.type === "dangerFullAccess" || grant.network ||
    policy.networkAccess === true || policy.networkAccess === "enabled";
}
