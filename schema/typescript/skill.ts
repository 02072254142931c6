/**
 * `skills/*`: directories with instructions that a model reads when a task
 * calls for them.
 *
 * @module
 */
import type { AbsolutePath, Empty, Path } from "./scalar.ts";

/** Who a skill is there for. */
export type SkillScope = "user" | "repo" | "system" | "admin";

/** How a skill shows itself to people. */
export interface SkillInterface {
  /** Its name. */
  displayName?: string | null;
  /** What it does, in a few words. */
  shortDescription?: string | null;
  /** A small picture. */
  iconSmall?: AbsolutePath | null;
  /** A large picture. */
  iconLarge?: AbsolutePath | null;
  /** The small picture on the network, if a catalogue brings it. */
  iconSmallUrl: string | null;
  /** The large picture on the network, if a catalogue brings it. */
  iconLargeUrl: string | null;
  /** Its colour, as `#rrggbb`. */
  brandColor?: string | null;
  /** What to say to use it. */
  defaultPrompt?: string | null;
}

/** Something that a skill cannot do without. */
export interface SkillToolDependency {
  /** What kind of thing, such as `mcp` or `cli`. */
  type: string;
  /** Which one. */
  value: string;
  /** What it is there for. */
  description?: string;
  /** How it is spoken to. */
  transport?: string;
  /** How it is started. */
  command?: string;
  /** Where it is reached. */
  url?: string;
}

/** What a skill cannot do without. */
export interface SkillDependencies {
  /** Tools. */
  tools: SkillToolDependency[];
}

/** A skill. */
export interface SkillMetadata {
  /** Its name; that of a plugin's begins with the plugin's and a colon. */
  name: string;
  /** What it is for, as the model reads it. */
  description: string;
  /** The same for people, where SKILL.md itself says it. */
  shortDescription?: string;
  /** How it shows itself. */
  interface?: SkillInterface;
  /** What it needs. */
  dependencies?: SkillDependencies;
  /** Its SKILL.md. */
  path: Path;
  /** Who it is there for. */
  scope: SkillScope;
  /** Whether it is on. */
  enabled: boolean;
  /** The plugin that brought it, as `name@marketplace`. */
  pluginId: string | null;
}

/** A file that is no skill, though it lies where one should. */
export interface SkillErrorInfo {
  /** The file. */
  path: string;
  /** Why it is none. */
  message: string;
}

/** A skill of a plugin. */
export interface SkillSummary {
  /** Its name. */
  name: string;
  /** What it is for. */
  description: string;
  /** The same for people. */
  shortDescription: string | null;
  /** How it shows itself. */
  interface: SkillInterface | null;
  /** Its SKILL.md, if it is on this machine. */
  path: Path | null;
  /** Whether it is on. */
  enabled: boolean;
}

/** Lists skills. */
export interface SkillsListParams {
  /** Directories that somebody works in. Default: where the server runs. */
  cwds?: Path[];
  /** Whether to look at every file again. Default false. */
  forceReload?: boolean;
}

/** The skills of a directory. */
export interface SkillsListEntry {
  /** The directory, as it was asked for. */
  cwd: string;
  /** Its skills. */
  skills: SkillMetadata[];
  /** Files that could not be read as skills. */
  errors: SkillErrorInfo[];
}

/** Skills by directory. */
export interface SkillsListResponse {
  /** One entry for each directory. */
  data: SkillsListEntry[];
}

/** Turns a skill on or off, by its file or by its name. */
export interface SkillsConfigWriteParams {
  /** Its SKILL.md. */
  path?: AbsolutePath | null;
  /** Its name. */
  name?: string | null;
  /** Whether it is to be on. */
  enabled: boolean;
}

/** A skill was turned on or off. */
export interface SkillsConfigWriteResponse {
  /** Whether it is on now. */
  effectiveEnabled: boolean;
}

/** Sets further directories with skills, in place of those set before. */
export interface SkillsExtraRootsSetParams {
  /** The directories. They may come into being later. */
  extraRoots: AbsolutePath[];
}

/** The directories are looked into. */
export type SkillsExtraRootsSetResponse = Empty;

/** Skills came, went or changed: a list of them is out of date. */
export type SkillsChangedNotification = Empty;
