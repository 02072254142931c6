import type { Access } from "../access/mod.ts";

/** Largest file in bytes that is taken over. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Most entries of a directory that are looked at. */
const MAX_ENTRIES = 1000;

/** Where things are taken from, and where they go. */
export interface Place {
  /** The repository; null for the user's home. */
  readonly cwd: string | null;
  /** Where the other agent's settings, skills, commands and subagents are. */
  readonly settings: string;
  /** Its instructions, the first that is there. */
  readonly instructions: readonly string[];
  /** Where its MCP servers are described for people. */
  readonly serverRoot: string;
  /** Files that name them; what a later one says counts. */
  readonly serverFiles: readonly string[];
  /** The one of them that is the user's, if this is a repository. */
  readonly userFile: string | null;
  /** Directory of this server's settings, hooks and subagents. */
  readonly target: string;
  /** This server's instructions. */
  readonly targetInstructions: string;
  /** This server's skills. */
  readonly targetSkills: string;
}

/** The user's home. */
export function homePlace(userHome: string, home: string): Place {
  return {
    cwd: null,
    settings: `${userHome}/.claude`,
    instructions: [`${userHome}/.claude/CLAUDE.md`],
    serverRoot: userHome,
    serverFiles: [`${userHome}/.mcp.json`, `${userHome}/.claude.json`],
    userFile: null,
    target: home,
    targetInstructions: `${home}/AGENTS.md`,
    targetSkills: `${userHome}/.agents/skills`,
  };
}

/** A repository, by its root. */
export function repositoryPlace(
  root: string,
  userHome: string | undefined,
): Place {
  const userFile = userHome === undefined ? null : `${userHome}/.claude.json`;
  return {
    cwd: root,
    settings: `${root}/.claude`,
    instructions: [`${root}/CLAUDE.md`, `${root}/.claude/CLAUDE.md`],
    serverRoot: root,
    serverFiles: [
      ...userFile === null ? [] : [userFile],
      `${root}/.mcp.json`,
      `${root}/.claude.json`,
    ],
    userFile,
    target: `${root}/.codex`,
    targetInstructions: `${root}/AGENTS.md`,
    targetSkills: `${root}/.agents/skills`,
  };
}

/** Reads and writes, as far as clients may. */
export class Ground {
  readonly access: Access;

  constructor(access: Access) {
    this.access = access;
  }

  /** The text of a file; nothing if it is missing, too large or closed. */
  async read(path: string): Promise<string | undefined> {
    try {
      const real = await this.access.checkRead(path);
      const { isFile, size } = await Deno.stat(real);
      if (!isFile || size > MAX_FILE_BYTES) return undefined;
      return await Deno.readTextFile(real);
    } catch {
      return undefined;
    }
  }

  /** The JSON object in a file; nothing if there is none. */
  async readObject(path: string): Promise<Record<string, unknown> | undefined> {
    try {
      return toObject(JSON.parse(await this.read(path) ?? "null"));
    } catch {
      return undefined;
    }
  }

  /** What is in a directory, sorted; nothing if there is none. */
  async list(path: string): Promise<Deno.DirEntry[]> {
    try {
      const real = await this.access.checkRead(path, { tree: true });
      const entries: Deno.DirEntry[] = [];
      for await (const entry of Deno.readDir(real)) {
        if (entries.push(entry) === MAX_ENTRIES) break;
      }
      return entries.sort((one, other) => one.name < other.name ? -1 : 1);
    } catch {
      return [];
    }
  }

  /** Whether something is there. */
  async has(path: string): Promise<boolean> {
    try {
      await Deno.lstat(await this.access.checkRead(path));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Writes a file that is not there yet.
   *
   * @throws {AccessDenied} if that is not allowed.
   * @throws {Deno.errors.AlreadyExists} if something is there.
   */
  async write(path: string, text: string): Promise<void> {
    const real = await this.access.checkWrite(path);
    await Deno.mkdir(real.slice(0, real.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.writeTextFile(real, text, { createNew: true });
  }

  /** Changes what a file says, if it is there and says it otherwise. */
  async change(path: string, toNew: (text: string) => string): Promise<void> {
    const text = await this.read(path);
    if (text === undefined || toNew(text) === text) return;
    await Deno.writeTextFile(await this.access.checkWrite(path), toNew(text));
  }
}

/** A value, if it is an object and no list. */
export function toObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}
