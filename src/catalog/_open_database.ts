import type { Logger } from "../telemetry/mod.ts";
import { Database } from "./_database.ts";
import { migrations } from "./_schema.ts";
import { pinnedSectionId } from "./sections.ts";

const BUSY_TIMEOUT_MS = 2_000;

/** An open database. */
export interface OpenedDatabase {
  readonly db: Database;
  /** Whether it lives in memory, because the file cannot be used. */
  readonly isInMemory: boolean;
}

/** Opens the database of a home. */
export async function openDatabase(
  home: string,
  log: Logger,
): Promise<OpenedDatabase> {
  const path = `${home}/gangway_1.sqlite`;
  try {
    return { db: await openFile(path), isInMemory: false };
  } catch (error) {
    log.warn("Threads are indexed in memory only", {
      path,
      error: String(error),
    });
    return { db: await openFile(":memory:"), isInMemory: true };
  }
}

async function openFile(path: string): Promise<Database> {
  const { DatabaseSync } = await import("node:sqlite");
  const db = new Database(
    new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    }),
  );
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: Database): void {
  db.transaction(() => {
    const version = db.get("PRAGMA user_version")!.user_version as number;
    migrations.slice(version).forEach((sql) => db.exec(sql));
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.run(
      `INSERT INTO sections (id, name, place) VALUES (?, 'Pinned', 0)
       ON CONFLICT DO NOTHING`,
      pinnedSectionId,
    );
  });
}
