/**
 * Which threads there are: an index over rollouts that can be deleted and is
 * found again in them, and what is kept beside them and stands nowhere else:
 * names, sections, projects, goals, queues, attachments, what was read.
 *
 * One SQLite file in the home, opened with the first thread and never by the
 * start of the server. Knows nothing of connections: what somebody should be
 * told is part of the answer (`Change`).
 *
 * @module
 */
export {
  Attachments,
  type AttachmentsOptions,
  checkAttachmentName,
} from "./attachments.ts";
export { type Catalog, type CatalogOptions, openCatalog } from "./catalog.ts";
export type {
  Change,
  KeptNotification,
  KeptNotificationName,
} from "./change.ts";
export { Goals, type GoalUse } from "./goals.ts";
export { Messages, type MessagesOptions } from "./messages.ts";
export { Projects, type ProjectsOptions } from "./projects.ts";
export { Queues } from "./queues.ts";
export { ReadStates } from "./read_states.ts";
export { pinnedSectionId, Sections, type SectionsOptions } from "./sections.ts";
export { checkGitInfoChange } from "./_git_info_change.ts";
export {
  ThreadIndex,
  type ThreadIndexOptions,
  type ThreadTouch,
} from "./thread_index.ts";
export {
  type MemoryMode,
  type StoredThread,
  type ThreadRow,
  toThread,
} from "./thread_row.ts";
