/**
 * What was built into the database, step by step; the number of steps taken is
 * its `user_version`. Steps are never changed once released, only added.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE sections (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    appearance TEXT,
    place INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    roots TEXT NOT NULL,
    metadata TEXT NOT NULL,
    place INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE project_keys (
    key TEXT PRIMARY KEY,
    project_id TEXT NOT NULL
  ) STRICT;

  CREATE TABLE threads (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL,
    forked_from_id TEXT,
    attached_to_id TEXT,
    parent_id TEXT,
    shown INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    recency_ms INTEGER NOT NULL,
    source_kind TEXT NOT NULL,
    model_provider TEXT NOT NULL,
    cwd TEXT NOT NULL,
    preview TEXT NOT NULL,
    name TEXT,
    path TEXT,
    file_ms INTEGER,
    file_bytes INTEGER,
    present INTEGER NOT NULL,
    has_tail INTEGER NOT NULL,
    searchable INTEGER NOT NULL,
    source TEXT NOT NULL,
    thread_source TEXT,
    agent_nickname TEXT,
    agent_role TEXT,
    history_mode TEXT NOT NULL,
    model TEXT,
    reasoning_effort TEXT,
    cli_version TEXT NOT NULL,
    originator TEXT,
    git_info TEXT,
    memory_mode TEXT,
    daybreak INTEGER,
    tokens_used INTEGER NOT NULL DEFAULT 0,
    section_id TEXT REFERENCES sections(id) ON DELETE SET NULL,
    section_place INTEGER,
    section_entered_ms INTEGER,
    project_id TEXT REFERENCES projects(id) ON DELETE SET NULL
  ) STRICT;
  CREATE INDEX threads_by_creation ON threads
    (archived, shown, created_ms, id, source_kind, model_provider, cwd);
  CREATE INDEX threads_by_update ON threads
    (archived, shown, updated_ms, id, source_kind, model_provider, cwd);
  CREATE INDEX threads_by_recency ON threads
    (archived, shown, recency_ms, id, source_kind, model_provider, cwd);
  CREATE INDEX threads_by_section ON threads (section_id, section_place, id)
    WHERE section_id IS NOT NULL;
  CREATE INDEX threads_by_project ON threads (project_id, recency_ms)
    WHERE project_id IS NOT NULL;
  CREATE INDEX threads_by_parent ON threads (parent_id)
    WHERE parent_id IS NOT NULL;
  CREATE INDEX threads_by_owner ON threads (attached_to_id)
    WHERE attached_to_id IS NOT NULL;
  CREATE INDEX threads_by_path ON threads (path);
  CREATE INDEX threads_unread ON threads (number) WHERE searchable = 0;

  CREATE TABLE goals (
    thread_id TEXT PRIMARY KEY,
    objective TEXT NOT NULL,
    status TEXT NOT NULL,
    token_budget INTEGER,
    tokens_used INTEGER NOT NULL,
    time_used_ms INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE queued (
    thread_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    input TEXT NOT NULL,
    client_id TEXT NOT NULL,
    metadata TEXT,
    PRIMARY KEY (thread_id, place)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE attachments (
    thread_id TEXT NOT NULL,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (thread_id, type, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attachments_by_age ON attachments (thread_id, created_ms, id);
  CREATE INDEX attachments_by_key ON attachments (type, key, thread_id);

  CREATE TABLE read_states (
    thread_id TEXT PRIMARY KEY,
    first_unread TEXT,
    revision TEXT NOT NULL
  ) STRICT;

  CREATE TABLE folders (
    path TEXT PRIMARY KEY,
    changed_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES threads(number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    turn_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (thread, item_id)
  ) STRICT;
  CREATE INDEX messages_in_order ON messages (thread, position);
  CREATE VIRTUAL TABLE message_text USING fts5
    (text, content='messages', content_rowid='number', tokenize='trigram');
  CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
    INSERT INTO message_text (rowid, text) VALUES (new.number, new.text);
  END;
  CREATE TRIGGER message_changed AFTER UPDATE OF text ON messages BEGIN
    INSERT INTO message_text (message_text, rowid, text)
      VALUES ('delete', old.number, old.text);
    INSERT INTO message_text (rowid, text) VALUES (new.number, new.text);
  END;
  CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
    INSERT INTO message_text (message_text, rowid, text)
      VALUES ('delete', old.number, old.text);
  END;

  -- Apart and short, so that a search through all of them reads little.
  CREATE TABLE titles (
    number INTEGER PRIMARY KEY REFERENCES threads(number) ON DELETE CASCADE,
    title TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER title_added AFTER INSERT ON threads BEGIN
    INSERT INTO titles (number, title) VALUES
      (new.number, substr(coalesce(new.name || char(10), '') || new.preview,
        1, 1000));
  END;
  CREATE TRIGGER title_changed AFTER UPDATE OF name, preview ON threads
    WHEN old.name IS NOT new.name OR old.preview IS NOT new.preview BEGIN
    UPDATE titles SET title =
      substr(coalesce(new.name || char(10), '') || new.preview, 1, 1000)
      WHERE number = new.number;
  END;
  `,
];

/**
 * Tables whose rows stand nowhere else, in an order in which they can be
 * copied. Those of threads alone are found again in rollouts.
 */
export const keptTables: readonly string[] = [
  "sections",
  "projects",
  "project_keys",
  "threads",
  "goals",
  "queued",
  "attachments",
  "read_states",
];
