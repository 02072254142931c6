import type { DatabaseSync } from "node:sqlite";
import { keptTables } from "./_schema.ts";

/** Conditions on rows that are worth copying; the rest is found again. */
const worthKeeping: Readonly<Record<string, string>> = {
  threads: `name IS NOT NULL OR section_id IS NOT NULL
    OR project_id IS NOT NULL OR daybreak IS NOT NULL
    OR memory_mode IS NOT NULL`,
};

/**
 * Copies what stands nowhere else from another file, as far as it can be read:
 * from the beginning up to the first broken page, and from the end up to the
 * last one. Never fails.
 */
export function salvage(
  sqlite: typeof import("node:sqlite"),
  from: string,
  to: DatabaseSync,
): void {
  let source: DatabaseSync | undefined;
  try {
    source = new sqlite.DatabaseSync(from, { readOnly: true });
    to.exec("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE");
    for (const table of keptTables) {
      for (const order of ["ASC", "DESC"] as const) {
        copy(source, to, table, order);
      }
    }
    to.exec(
      `UPDATE threads SET present = 0, shown = 0, searchable = 0,
         section_id = iif(section_id IN (SELECT id FROM sections),
           section_id, NULL),
         project_id = iif(project_id IN (SELECT id FROM projects),
           project_id, NULL);
       COMMIT`,
    );
  } catch {
    if (to.isTransaction) to.exec("ROLLBACK");
  } finally {
    to.exec("PRAGMA foreign_keys = ON");
    source?.close();
  }
}

function copy(
  source: DatabaseSync,
  to: DatabaseSync,
  table: string,
  order: "ASC" | "DESC",
): void {
  try {
    const columns = to.prepare(`PRAGMA table_info(${table})`).all()
      .map((row) => row.name as string);
    const key = to.prepare(
      `SELECT group_concat(name || ' ${order}') AS key
       FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`,
    ).get()!.key as string;
    const rows = source.prepare(
      `SELECT * FROM ${table} WHERE ${worthKeeping[table] ?? "true"}
       ORDER BY ${key}`,
    );
    const insert = to.prepare(
      `INSERT OR IGNORE INTO ${table} (${columns.join(", ")})
       VALUES (${columns.map(() => "?").join(", ")})`,
    );
    for (const row of rows.iterate()) {
      insert.run(...columns.map((name) => row[name] ?? null));
    }
  } catch {
    // What comes behind is lost from this side.
  }
}
