/**
 * What users say about the product.
 *
 * @module
 */
import type { Path } from "./scalar.ts";

/** Sends what the user says to the vendor. */
export interface FeedbackUploadParams {
  /** What it is about, such as `bug`. */
  classification: string;
  /** The user's words. */
  reason?: string | null;
  /** The thread that it is about. */
  threadId?: string | null;
  /** Whether the log goes with it. Default false. */
  includeLogs?: boolean;
  /** Files that go with it. */
  extraLogFiles?: Path[] | null;
  /** What else is to be known. */
  tags?: { [tag: string]: string } | null;
}

/** It was sent. */
export interface FeedbackUploadResponse {
  /** The thread that it is about, or an id in its place. */
  threadId: string;
  /** Hash of the instructions of that thread, if it has any. */
  promptHash: string | null;
}

/** Keeps what the user says in a ZIP file. */
export interface FeedbackSaveParams {
  /** The file: an absolute path where nothing is yet. */
  savePath: string;
  /** What it is about, such as `bug`. */
  classification: string;
  /** The user's words. */
  reason?: string | null;
  /** The thread that it is about. */
  threadId?: string | null;
  /** Whether the log goes with it. Default false. */
  includeLogs?: boolean;
  /** Files that go with it. */
  extraLogFiles?: Path[] | null;
  /** What else is to be known. */
  tags?: { [tag: string]: string } | null;
}

/** It is kept. */
export interface FeedbackSaveResponse {
  /** The file. */
  savedPath: string;
  /** The thread that it is about, or an id in its place. */
  threadId: string;
  /** Hash of the instructions of that thread, if it has any. */
  promptHash: string | null;
}
