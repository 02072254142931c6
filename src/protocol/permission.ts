/**
 * Permissions beyond the sandbox: what the model asks for and what it is given.
 *
 * @module
 */
import type { Path, Uint } from "./scalar.ts";

/** Use of the network. */
export interface AdditionalNetworkPermissions {
  /** Whether it may be used. */
  enabled?: boolean | null;
}

/** The whole file system. */
export interface RootPlace {
  /** Tag of this kind. */
  kind: "root";
}

/** What a program needs to start at all. */
export interface MinimalPlace {
  /** Tag of this kind. */
  kind: "minimal";
}

/** The directories of the workspace. */
export interface ProjectRootsPlace {
  /** Tag of this kind. */
  kind: "project_roots";
  /** A path in each of them. */
  subpath?: Path | null;
}

/** `$TMPDIR`. */
export interface TmpdirPlace {
  /** Tag of this kind. */
  kind: "tmpdir";
}

/** `/tmp`. */
export interface SlashTmpPlace {
  /** Tag of this kind. */
  kind: "slash_tmp";
}

/** A place that only newer versions know. */
export interface UnknownPlace {
  /** Tag of this kind. */
  kind: "unknown";
  /** What they call it. */
  path: string;
  /** A path in it. */
  subpath?: Path | null;
}

/** A place by what it is for. */
export type FileSystemSpecialPath =
  | RootPlace
  | MinimalPlace
  | ProjectRootsPlace
  | TmpdirPlace
  | SlashTmpPlace
  | UnknownPlace;

/** A path and all below it. */
export interface PlainFileSystemPath {
  /** Tag of this kind. */
  type: "path";
  /** The path. */
  path: Path;
}

/** All paths that fit a glob. */
export interface GlobFileSystemPath {
  /** Tag of this kind. */
  type: "glob_pattern";
  /** The glob. */
  pattern: string;
}

/** A place by what it is for. */
export interface SpecialFileSystemPath {
  /** Tag of this kind. */
  type: "special";
  /** Which place. */
  value: FileSystemSpecialPath;
}

/** Some part of the file system. */
export type FileSystemPath =
  | PlainFileSystemPath
  | GlobFileSystemPath
  | SpecialFileSystemPath;

/** What may be done with files; `write` means to read, too. */
export type FileSystemAccessMode = "read" | "write" | "deny";

/** What may be done in a part of the file system. */
export interface FileSystemSandboxEntry {
  /** Which part. */
  path: FileSystemPath;
  /** What may be done. */
  access: FileSystemAccessMode;
}

/** Use of files. */
export interface AdditionalFileSystemPermissions {
  /** Paths to read; the older form of `entries`. */
  read?: Path[] | null;
  /** Paths to write; the older form of `entries`. */
  write?: Path[] | null;
  /** How deep globs look; at least 1. */
  globScanMaxDepth?: Uint | null;
  /** What may be done where. */
  entries?: FileSystemSandboxEntry[] | null;
}

/** What one command asks for beyond the sandbox. */
export interface AdditionalPermissionProfile {
  /** Use of the network. */
  network: AdditionalNetworkPermissions | null;
  /** Use of files. */
  fileSystem: AdditionalFileSystemPermissions | null;
}

/** What the model asks for beyond the sandbox. */
export interface RequestPermissionProfile {
  /** Use of the network. */
  network: AdditionalNetworkPermissions | null;
  /** Use of files. */
  fileSystem: AdditionalFileSystemPermissions | null;
}

/** What it is given: all of what it asked for, a part, or nothing. */
export interface GrantedPermissionProfile {
  /** Use of the network. */
  network?: AdditionalNetworkPermissions | null;
  /** Use of files. */
  fileSystem?: AdditionalFileSystemPermissions | null;
}

/** For how long: this turn, or as long as the thread is in memory. */
export type PermissionGrantScope = "turn" | "session";
