import { isPlaceholder, type SkillScope } from "../protocol/mod.ts";
import { toAncestors } from "./_paths.ts";
import { look } from "./_stamp.ts";

/** A directory with skills. */
export interface SkillPlace {
  /** Absolute; need not exist. */
  readonly path: string;
  readonly scope: SkillScope;
  /** The plugin whose directory it is, if it is one's. */
  readonly plugin?: { readonly id: string; readonly name: string };
  /** Whether links in it are followed. */
  readonly followsLinks: boolean;
}

/** Where skills lie for everybody. */
export interface SkillHomes {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** The user's own directory, if it is known. */
  readonly userHome: string | undefined;
  /** The system's configuration, such as `/etc/codex`. */
  readonly etc: string;
}

/** Directories of skills. */
export interface SkillPlaces {
  /** Those that have always been looked into; they come before the others. */
  readonly ofCodex: readonly SkillPlace[];
  /** Those that a project keeps for agents of any kind. */
  readonly ofAgents: readonly SkillPlace[];
}

/** The directories that hold skills of whoever works in `cwd`. */
export function toSkillPlaces(
  cwd: string,
  { home, userHome, etc }: SkillHomes,
): SkillPlaces {
  const ofCodex: SkillPlace[] = [];
  const ofAgents: SkillPlace[] = [];
  const add = (path: string, scope: SkillScope, followsLinks = true) =>
    ofCodex.push({ path, scope, followsLinks });
  for (const directory of toProject(cwd)) {
    const above = directory === "/" ? "" : directory;
    const dotCodex = `${above}/.codex`;
    if (dotCodex !== home) add(`${dotCodex}/skills`, "repo");
    if (above !== userHome) {
      const path = `${above}/.agents/skills`;
      ofAgents.push({ path, scope: "repo", followsLinks: true });
    }
  }
  add(`${home}/skills`, "user");
  if (userHome !== undefined) add(`${userHome}/.agents/skills`, "user");
  add(`${home}/skills/.system`, "system", false);
  add(`${etc}/skills`, "admin");
  return { ofCodex, ofAgents };
}

/**
 * The directories of the project around `cwd`, the innermost first; only itself
 * if it is in no repository.
 */
export function toProject(cwd: string): string[] {
  const upwards = toAncestors(cwd);
  return upwards.slice(0, Math.max(upwards.findIndex(isRepository), 0) + 1);
}

/** Whether a directory is the root of a git work tree. */
function isRepository(directory: string): boolean {
  const info = look(`${directory === "/" ? "" : directory}/.git`);
  return info !== undefined && !isPlaceholder(info);
}
