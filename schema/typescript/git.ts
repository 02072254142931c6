/**
 * What git knows of a directory.
 *
 * @module
 */

import type { Path } from "./scalar.ts";

/** Asks what would be new to the remote. */
export interface GitDiffToRemoteParams {
  /** A directory of the working tree. */
  cwd: Path;
}

/** What would be new to the remote. */
export interface GitDiffToRemoteResponse {
  /** The newest commit that the remote has too. */
  sha: string;
  /** What has changed since, files that git does not track yet included. */
  diff: string;
}
