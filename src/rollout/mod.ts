/**
 * A thread on disk: the rollout file, its records, who may write to it, and
 * what it tells when it is read.
 *
 * @module
 */
export { createFork, createRevert, type ForkOptions } from "./create_fork.ts";
export { findForks, type FoundFork } from "./find_forks.ts";
export {
  findRollout,
  type FoundRollout,
  listRollouts,
  type ListRolloutsOptions,
} from "./find_rollout.ts";
export { fromStoredItem, type StoredTimes } from "./from_stored_item.ts";
export { HeadScanner, type ScannedHead } from "./head_scanner.ts";
export {
  archiveRollout,
  deleteRollout,
  unarchiveRollout,
} from "./move_rollout.ts";
export {
  readHead,
  readTail,
  type RolloutHead,
  type RolloutTail,
} from "./read_edges.ts";
export type { Outline, OutlinedItem, OutlinedTurn } from "./outline.ts";
export type * from "./record.ts";
export { Rollout, type RolloutOptions } from "./rollout.ts";
export {
  ReferencedError,
  RolloutError,
  ThreadLockedError,
} from "./rollout_error.ts";
export {
  parseRolloutName,
  type RolloutName,
  toRolloutPath,
  toSegmentPath,
  toSessionsDirectory,
} from "./rollout_path.ts";
export { encodeError as toStoredError } from "./_stored_error.ts";
export type { StoredItem } from "./stored_item.ts";
export { readRollout, type ReadRolloutOptions } from "./read_rollout.ts";
export type * from "./stored_history.ts";
export { StoredThread } from "./stored_thread.ts";
export { toItemRecords } from "./to_item_records.ts";
export { toStoredItem } from "./to_stored_item.ts";
export { WriterLock } from "./writer_lock.ts";
