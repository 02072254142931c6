/**
 * What is remembered of threads beyond their own past.
 *
 * @module
 */
import type { Empty, Uint32 } from "./scalar.ts";

/** Whether a thread may be remembered. */
export type ThreadMemoryMode = "enabled" | "disabled";

/** Sets whether a thread may be remembered. */
export interface ThreadMemoryModeSetParams {
  /** Which thread. */
  threadId: string;
  /** Whether it may. */
  mode: ThreadMemoryMode;
}

/** It is set. */
export type ThreadMemoryModeSetResponse = Empty;

/** Reads what a thread was told to remember. */
export interface ThreadMemoryReadParams {
  /** Which thread; it must be in memory. */
  threadId: string;
}

/** What it remembers. */
export interface ThreadMemoryReadResponse {
  /** The summary that it began with; null if there is none. */
  summary: string | null;
}

/** Reads the state of what is remembered. */
export interface MemoryStatusParams {
  /** Threads that must be summed up to be ready, 1 to 4096. Default 20. */
  minConsolidatedThreads?: Uint32 | null;
}

/** The state. */
export interface MemoryStatusResponse {
  /** Threads that are summed up. */
  v2ConsolidatedThreads: Uint32;
  /** Whether those are enough. */
  v2Ready: boolean;
}

/** Everything is forgotten. */
export type MemoryResetResponse = Empty;

/** Stored threads will be compressed, unless that was done a while ago. */
export type RolloutCompressResponse = Empty;
