import type { Database } from "./_database.ts";
import { type ThreadRow, toColumns } from "./thread_row.ts";

/** What is known of a thread's file if it was found on the disk. */
export interface FileStamp {
  /** Unix milliseconds when it last changed. */
  readonly changedMs: number;
  /** Its size. */
  readonly bytes: number;
}

const columns = [
  "id",
  "session_id",
  "forked_from_id",
  "attached_to_id",
  "parent_id",
  "shown",
  "archived",
  "created_ms",
  "updated_ms",
  "recency_ms",
  "source_kind",
  "model_provider",
  "cwd",
  "preview",
  "path",
  "source",
  "thread_source",
  "agent_nickname",
  "agent_role",
  "history_mode",
  "model",
  "reasoning_effort",
  "cli_version",
  "originator",
  "git_info",
] as const;

const names = columns.join(", ");
const marks = columns.map(() => "?").join(", ");
const toChanges = (except: readonly string[]): string =>
  columns.filter((name) => !except.includes(name))
    .map((name) => `${name} = excluded.${name}`).join(", ");
// A thread of this server: whoever tells of it knows all of it.
const live = `INSERT INTO threads
  (${names}, present, has_tail, searchable)
  VALUES (${marks}, 1, 1, 1)
  ON CONFLICT (id) DO UPDATE SET ${toChanges(["id"])},
    present = 1, has_tail = 1`;

// A file: its beginning says nothing of models nor of what people said of the
// repository since, and a later file of a thread says nothing of its beginning.
const found = `INSERT INTO threads
  (${names}, present, has_tail, searchable, file_ms, file_bytes)
  VALUES (${marks}, 1, 0, 0, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    ${toChanges(["id", "model", "reasoning_effort", "created_ms", "git_info"])},
    git_info = coalesce(threads.git_info, excluded.git_info),
    created_ms = min(created_ms, excluded.created_ms),
    present = 1, has_tail = 0, searchable = 0,
    file_ms = excluded.file_ms, file_bytes = excluded.file_bytes`;

/** Writes what is known of a thread; what people gave it stays. */
export function upsertThread(
  db: Database,
  row: ThreadRow,
  file?: FileStamp,
): void {
  const byName = toColumns(row);
  const values = columns.map((name) => byName[name] ?? null);
  if (!file) db.run(live, ...values);
  else db.run(found, ...values, file.changedMs, file.bytes);
}

/** Names a thread in the index. */
export function setThreadName(db: Database, id: string, name: string): void {
  db.run(
    "UPDATE threads SET name = ?1 WHERE id = ?2 AND name IS NOT ?1",
    name,
    id,
  );
}
