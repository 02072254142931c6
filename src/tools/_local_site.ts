import type { Access } from "../access/mod.ts";
import type { Config } from "../config/mod.ts";
import { commandWords, type Programs } from "../exec/mod.ts";
import type { PatchFiles } from "../patch/mod.ts";
import { realPlace, type Sandbox } from "../sandbox/mod.ts";
import { findShell } from "./_command_line.ts";
import { toLimits, toWish } from "./_grants.ts";
import { toShellEnvironment } from "./_shell_environment.ts";
import type {
  RunningProgram,
  Site,
  SiteCommand,
  SiteLimits,
  SiteReading,
} from "./site.ts";

/** Size of a terminal that nobody looks at. */
const SIZE = { rows: 24, cols: 80 };
/** How long the outputs of a command are waited for once it is gone. */
const DRAIN_MS = 100;

/** What this machine is worked on with. */
export interface LocalSiteOptions {
  readonly programs: Programs;
  readonly config: Config;
  /** Says what a confined command could read and write. */
  readonly sandbox: Sandbox;
  /** The server's own rules, which hold for patches and pictures too. */
  readonly access: Access;
}

/** This machine. */
export class LocalSite implements Site {
  readonly id = "local";
  readonly cwd: string;
  readonly #options: LocalSiteOptions;

  /** @param cwd Where the thread works here. */
  constructor(cwd: string, options: LocalSiteOptions) {
    this.cwd = cwd;
    this.#options = options;
  }

  findShell(asked: string | undefined): Promise<string> {
    return findShell(asked, this.#options.programs.environment["SHELL"]);
  }

  realPlace(path: string): Promise<string> {
    return realPlace(path);
  }

  start(command: SiteCommand): RunningProgram {
    const { programs, config } = this.#options;
    const { argv, cwd, hasTerminal, owner, settings, grant } = command;
    return programs.start(
      {
        words: commandWords,
        command: argv,
        cwd,
        env: toShellEnvironment(config, programs.environment, owner),
        terminal: hasTerminal ? SIZE : undefined,
        takesInput: hasTerminal,
        isStreamed: true,
        capBytes: Infinity,
        timeoutMs: Infinity,
        drainMs: DRAIN_MS,
        graceMs: 0,
        keepAlive: undefined,
        ...toLimits(settings, grant),
        ...command.isUnconfined && { isUnconfined: true },
      },
      command.processId,
      () => {},
    );
  }

  async files(): Promise<PatchFiles> {
    const { DiskFiles } = await import("../patch/mod.ts");
    return new DiskFiles(this.#options.access);
  }

  findWritable(
    { settings, grant }: SiteLimits,
  ): Promise<(place: string) => boolean> {
    return this.#options.sandbox.findWritable(
      toWish(toLimits(settings, grant)),
    );
  }

  async readImage(
    path: string,
    { settings, grant, maxBytes, signal }: SiteReading,
  ): Promise<Uint8Array | string> {
    const { access, sandbox } = this.#options;
    try {
      const real = await access.checkRead(path);
      const wish = toWish(toLimits(settings, grant));
      const isReadable = await sandbox.findReadable(wish);
      const place = await Deno.realPath(real);
      if (!isReadable(place)) return `image path \`${path}\` may not be read`;
      const { isFile, size } = await Deno.stat(place);
      if (!isFile) return `image path \`${path}\` is not a file`;
      if (size > maxBytes) return toTooLong(path, size, maxBytes);
      return await Deno.readFile(place, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      const reason = /[^:]*\(os error \d+\)/.exec(error.message)?.[0].trim();
      return `unable to locate image at \`${path}\`: ${
        reason ?? error.message
      }`;
    }
  }
}

/** What a model is told of a picture that is too long to be shown. */
export function toTooLong(
  path: string,
  bytes: number,
  maxBytes: number,
): string {
  return `image path \`${path}\` has ${bytes} bytes, ` +
    `more than the ${maxBytes} that can be shown`;
}
