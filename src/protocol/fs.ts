/**
 * `fs/*`: files of the server's machine.
 *
 * Fields marked `@gangway` are additions: they are read and sent only on a
 * connection that negotiated the `gangway` capability (docs/extensions.md).
 *
 * @module
 */
import type { AbsolutePath, Empty, Uint, UnixMs } from "./scalar.ts";

/** Reads a file. */
export interface FsReadFileParams {
  /** File to read; symbolic links are followed. */
  path: AbsolutePath;
  /**
   * First byte to read. Default 0; beyond the end gives no bytes.
   *
   * @gangway
   */
  offset?: Uint | null;
  /**
   * Longest number of bytes to read. Default: up to the end.
   *
   * @gangway
   */
  length?: Uint | null;
}

/** The bytes of a file, or of the range that was asked for. */
export interface FsReadFileResponse {
  /** The bytes as base64 (RFC 4648 section 4, padded). */
  dataBase64: string;
  /**
   * Version of the file that was read, for `ifMatch`.
   *
   * @gangway
   */
  etag?: string;
  /**
   * Size of the whole file in bytes.
   *
   * @gangway
   */
  size?: Uint;
}

/** Creates or replaces a file; its parent must be there. */
export interface FsWriteFileParams {
  /** File to write; symbolic links are followed, dangling ones too. */
  path: AbsolutePath;
  /** The new content as strict, padded base64 (RFC 4648 section 4). */
  dataBase64: string;
  /**
   * Write these bytes at this byte offset and keep the rest of the file,
   * instead of replacing it. A gap before it reads as zeros.
   *
   * @gangway
   */
  offset?: Uint | null;
  /**
   * Write the bytes behind the present end of the file.
   *
   * @gangway
   */
  append?: boolean | null;
  /**
   * Only write if the file still has this etag. `"*"` means: only if it
   * exists; `""` means: only if it does not.
   *
   * @gangway
   */
  ifMatch?: string | null;
}

/** The write is done. */
export interface FsWriteFileResponse {
  /**
   * Version of the file after the write.
   *
   * @gangway
   */
  etag?: string;
}

/** Creates a directory. */
export interface FsCreateDirectoryParams {
  /** Directory to create. */
  path: AbsolutePath;
  /** Create missing parents too, and accept one that exists. Default true. */
  recursive?: boolean | null;
}

/** The directory is there. */
export type FsCreateDirectoryResponse = Empty;

/** Asks what a path is. */
export interface FsGetMetadataParams {
  /** Path to look at. */
  path: AbsolutePath;
}

/** What a path is. */
export interface FsGetMetadataResponse {
  /** Whether it is, or links to, a directory. */
  isDirectory: boolean;
  /** Whether it is, or links to, a regular file. */
  isFile: boolean;
  /** Whether the path itself is a symbolic link. */
  isSymlink: boolean;
  /** When it was created, or 0 where the file system does not say. */
  createdAtMs: UnixMs;
  /** When its content last changed; 0 for times before 1970. */
  modifiedAtMs: UnixMs;
  /**
   * Size in bytes (of the link's target).
   *
   * @gangway
   */
  size?: Uint;
  /**
   * Permission bits, such as 0o644.
   *
   * @gangway
   */
  mode?: Uint;
  /**
   * Version of a regular file, for `ifMatch`; absent for anything else.
   *
   * @gangway
   */
  etag?: string;
}

/** Lists the direct children of a directory. */
export interface FsReadDirectoryParams {
  /** Directory to list. */
  path: AbsolutePath;
}

/** One child of a directory. */
export interface FsReadDirectoryEntry {
  /** Its name alone; bytes that are not UTF-8 show as U+FFFD. */
  fileName: string;
  /** Whether it is, or links to, a directory. */
  isDirectory: boolean;
  /** Whether it is, or links to, a regular file. */
  isFile: boolean;
}

/** The children in the order the file system gives them. */
export interface FsReadDirectoryResponse {
  /** Children that can be resolved; dangling links are left out. */
  entries: FsReadDirectoryEntry[];
}

/** Removes a file, a link or a directory. */
export interface FsRemoveParams {
  /** What to remove; a link is removed itself, never followed. */
  path: AbsolutePath;
  /** Remove what is in a directory too. Default true. */
  recursive?: boolean | null;
  /** Accept a path that does not exist. Default true. */
  force?: boolean | null;
}

/** It is gone. */
export type FsRemoveResponse = Empty;

/** Copies a file, a link or a directory tree. */
export interface FsCopyParams {
  /** What to copy. */
  sourcePath: AbsolutePath;
  /** Where to; files that are there are overwritten, directories merged. */
  destinationPath: AbsolutePath;
  /** Needed to copy a directory; ignored for files. Default false. */
  recursive?: boolean;
}

/** The copy is complete. */
export type FsCopyResponse = Empty;

/** Starts to report changes below a path. */
export interface FsWatchParams {
  /** The caller's name for the watch, unique on its connection. */
  watchId: string;
  /** File or directory to watch; it need not exist yet. */
  path: AbsolutePath;
  /**
   * Report changes at any depth instead of direct children only.
   *
   * @gangway
   */
  recursive?: boolean | null;
  /**
   * Globs, relative to the watched directory, of what not to report, such as
   * `node_modules/**`.
   *
   * @gangway
   */
  ignore?: string[] | null;
}

/** The watch runs. */
export interface FsWatchResponse {
  /** The path as it will appear in `changedPaths`. */
  path: AbsolutePath;
}

/** Ends a watch; one that is unknown is no error. */
export interface FsUnwatchParams {
  /** Name given to `fs/watch`. */
  watchId: string;
}

/** The watch is gone; no `fs/changed` of it follows. */
export type FsUnwatchResponse = Empty;

/** What happened to a path: it appeared, its content or metadata changed, it went away. */
export type FsChangeKind = "created" | "modified" | "removed";

/** A change and its kind. */
export interface FsChange {
  /** The path that changed. */
  path: AbsolutePath;
  /** What happened to it, as far as can be told after the fact. */
  kind: FsChangeKind;
}

/** Something below a watched path changed. */
export interface FsChangedNotification {
  /** Name given to `fs/watch`. */
  watchId: string;
  /** Unique, sorted, absolute paths. */
  changedPaths: AbsolutePath[];
  /**
   * The same paths with what happened to them.
   *
   * @gangway
   */
  changes?: FsChange[];
  /**
   * True when changes came faster than they could be recorded: read the
   * directory again, some paths are missing here.
   *
   * @gangway
   */
  overflow?: boolean;
}
