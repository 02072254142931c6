import { isPlaceholder, type ThreadSettings } from "../protocol/mod.ts";
import { findHere } from "../tools/mod.ts";
import { readFile, type Reading, type Unread } from "./_read_file.ts";
import type { AgentOptions, Place } from "./agent.ts";

/** Files that instructions stand in. */
export interface InstructionFiles {
  /** Whether there is anything. */
  exists(path: string): Promise<boolean>;
  /** The first bytes of a file, and whether there is more. */
  read(
    path: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; isCut: boolean } | Unread>;
}

/** A place whose instructions hold in a thread. */
export interface InstructionSite {
  /** Id of the environment. */
  readonly id: string;
  /** Where the thread works there: absolute. */
  readonly cwd: string;
  readonly files: InstructionFiles;
}

/** The places of a thread whose files can be read now, in its order. */
export function toInstructionSites(
  settings: Pick<ThreadSettings, "cwd" | "environments">,
  { findPlace, checkRead }: Pick<AgentOptions, "findPlace" | "checkRead">,
): InstructionSite[] {
  const environments = settings.environments ?? [findHere(settings)!];
  return environments.flatMap(({ environmentId: id, cwd }) => {
    if (id === "local") return { id, cwd, files: filesHere(checkRead) };
    const place = findPlace?.(id);
    return place?.view.status === "ready"
      ? { id, cwd, files: filesThere(place) }
      : [];
  });
}

/** The files of this machine. */
export function filesHere(
  checkRead?: Reading["checkRead"],
): InstructionFiles {
  return {
    async exists(path) {
      try {
        return !isPlaceholder(await Deno.lstat(path));
      } catch {
        return false;
      }
    },
    read: (path, maxBytes, signal) =>
      readFile(path, maxBytes, { signal, checkRead }),
  };
}

/** Those of another one: whoever can't be asked has none. */
function filesThere({ files }: Place): InstructionFiles {
  const looking = { confinement: null } as const;
  return {
    async exists(path) {
      try {
        return await files.stat(path, looking) !== undefined;
      } catch {
        return false;
      }
    },
    async read(path, maxBytes, signal) {
      try {
        const options = { ...looking, signal };
        const { isFile = false } = await files.stat(path, options) ?? {};
        const bytes = isFile ? await files.read(path, options) : undefined;
        if (bytes === undefined) return { error: "not a regular file" };
        const isCut = bytes.length > maxBytes;
        return { bytes: bytes.slice(0, maxBytes), isCut };
      } catch (error) {
        return { error: error instanceof Error ? error.message : "" };
      }
    },
  };
}
