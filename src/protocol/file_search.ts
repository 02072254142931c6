/**
 * Finding files by what people type of their names.
 *
 * @module
 */
import type { Empty, Uint32 } from "./scalar.ts";

/** Searches directories once. */
export interface FuzzyFileSearchParams {
  /** What to look for; an empty text finds nothing. */
  query: string;
  /** The directories; what is not there is passed over. */
  roots: string[];
  /** The next search with the same word cuts this one short. */
  cancellationToken?: string | null;
}

/** What a result is. */
export type FuzzyFileSearchMatchType = "file" | "directory";

/** Something that was found. */
export interface FuzzyFileSearchResult {
  /** Its directory, as it was named in the request. */
  root: string;
  /** Where it is, from there. */
  path: string;
  /** What it is. */
  match_type: FuzzyFileSearchMatchType;
  /** The last part of its path. */
  file_name: string;
  /** How well it fits; more is better. */
  score: Uint32;
  /** Which characters of the path fit, in order. */
  indices: Uint32[] | null;
}

/** What was found, best first. */
export interface FuzzyFileSearchResponse {
  /** At most 50. */
  files: FuzzyFileSearchResult[];
}

/** Lists directories, to search them again and again. */
export interface FuzzyFileSearchSessionStartParams {
  /** A name for it; one of the same name is replaced. */
  sessionId: string;
  /** The directories. */
  roots: string[];
}

/** They are being listed. */
export type FuzzyFileSearchSessionStartResponse = Empty;

/** Searches them for something else. */
export interface FuzzyFileSearchSessionUpdateParams {
  /** The session. */
  sessionId: string;
  /** What to look for. */
  query: string;
}

/** What is found follows. */
export type FuzzyFileSearchSessionUpdateResponse = Empty;

/** Ends a session. */
export interface FuzzyFileSearchSessionStopParams {
  /** Which one; it need not be there. */
  sessionId: string;
}

/** It is over. */
export type FuzzyFileSearchSessionStopResponse = Empty;

/** What a session has found so far. */
export interface FuzzyFileSearchSessionUpdatedNotification {
  /** The session. */
  sessionId: string;
  /** What it was asked for. */
  query: string;
  /** All that is worth showing, best first; replaces what was told before. */
  files: FuzzyFileSearchResult[];
}

/** A session has searched everything for what it was last asked. */
export interface FuzzyFileSearchSessionCompletedNotification {
  /** The session. */
  sessionId: string;
}
