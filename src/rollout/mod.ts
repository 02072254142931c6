/**
 * A thread on disk: the rollout file, its records, who may write to it, and
 * what it tells when it is read.
 *
 * @module
 */
export type * from "./record.ts";
