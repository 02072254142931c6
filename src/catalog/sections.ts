import {
  RpcError,
  type ThreadSection,
  type ThreadSectionAppearance,
  type ThreadSectionCreateParams,
  type ThreadSectionCreateResponse,
  type ThreadSectionDeleteParams,
  type ThreadSectionDeleteResponse,
  type ThreadSectionListParams,
  type ThreadSectionListResponse,
  type ThreadSectionMoveParams,
  type ThreadSectionMoveResponse,
  type ThreadSectionUpdateParams,
  type ThreadSectionUpdateResponse,
} from "../protocol/mod.ts";
import type { Database, Row } from "./_database.ts";
import { toPage, toPageSize } from "./_page.ts";
import { placeBetween, placeStep } from "./_places.ts";
import type { Change } from "./change.ts";

/** The section that is always there and cannot be renamed. */
export const pinnedSectionId = "01984de2-8f74-7c91-a3b2-5c5e937cf318";

/** What {@linkcode Sections} are made of. */
export interface SectionsOptions {
  /** Where they are kept. */
  readonly db: Database;
  /** Makes an id. */
  readonly nextId: () => string;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** Most bytes of an icon, and of a colour. */
const MOST_APPEARANCE_BYTES = 64;

/** `threadSection/*` and `thread/section/move`: threads sorted by hand. */
export class Sections {
  readonly #db: Database;
  readonly #nextId: () => string;
  readonly #now: () => number;

  constructor(options: SectionsOptions) {
    this.#db = options.db;
    this.#nextId = options.nextId;
    this.#now = options.now;
  }

  /** Lists sections in the order in which they were made. */
  list(params: ThreadSectionListParams): ThreadSectionListResponse {
    const size = toPageSize(params.limit);
    const rows = params.cursor == null
      ? this.#db.all(
        "SELECT * FROM sections ORDER BY place, id LIMIT ?",
        size + 1,
      )
      : this.#db.all(
        // Of one that is gone the id still tells when it was made.
        `SELECT n.* FROM sections n LEFT JOIN sections c ON c.id = ?1
         WHERE CASE WHEN c.id IS NULL THEN n.id > ?1
         ELSE (n.place, n.id) > (c.place, c.id) END
         ORDER BY n.place, n.id LIMIT ?2`,
        params.cursor,
        size + 1,
      );
    return toPage(rows, size, toSection, (row) => String(row.id));
  }

  /**
   * Makes a section at the end.
   *
   * @throws {RpcError} if the name is empty, or something is too long.
   */
  create(params: ThreadSectionCreateParams): ThreadSectionCreateResponse {
    const section: ThreadSection = {
      id: this.#nextId(),
      name: toName(params.name),
      appearance: toAppearance(params.appearance ?? null),
    };
    this.#db.run(
      `INSERT INTO sections (id, name, appearance, place)
       SELECT ?, ?, ?, coalesce(max(place), 0) + 1 FROM sections`,
      section.id,
      section.name,
      section.appearance && JSON.stringify(section.appearance),
    );
    return { section };
  }

  /**
   * Renames a section, and changes how it looks if that is said.
   *
   * @throws {RpcError} if it is unknown, or built in, or the name is empty.
   */
  update(params: ThreadSectionUpdateParams): ThreadSectionUpdateResponse {
    checkSectionId(params.sectionId);
    const name = toName(params.name);
    const appearance = params.appearance === undefined
      ? undefined
      : toAppearance(params.appearance);
    return this.#db.transaction(() => {
      if (params.sectionId === pinnedSectionId) {
        throw RpcError.invalidParams(
          "the built-in pinned section cannot be renamed",
        );
      }
      const section = this.#read(params.sectionId);
      if (!section) throw unknown(params.sectionId);
      section.name = name;
      if (appearance !== undefined) section.appearance = appearance;
      this.#db.run(
        "UPDATE sections SET name = ?, appearance = ? WHERE id = ?",
        section.name,
        section.appearance && JSON.stringify(section.appearance),
        section.id,
      );
      return { section };
    });
  }

  /**
   * Deletes a section; its threads are in none afterwards.
   *
   * @throws {RpcError} if it is unknown or built in.
   */
  delete(params: ThreadSectionDeleteParams): ThreadSectionDeleteResponse {
    checkSectionId(params.sectionId);
    if (params.sectionId === pinnedSectionId) {
      throw RpcError.invalidParams(
        "the built-in pinned section cannot be deleted",
      );
    }
    this.#db.transaction(() => {
      this.#db.run(
        `UPDATE threads SET section_id = NULL, section_place = NULL,
         section_entered_ms = NULL WHERE section_id = ?`,
        params.sectionId,
      );
      const count = this.#db.run(
        "DELETE FROM sections WHERE id = ?",
        params.sectionId,
      );
      if (count === 0) throw unknown(params.sectionId);
    });
    return {};
  }

  /**
   * Moves a thread into a section, within it, or out of it.
   *
   * @throws {RpcError} if one of the three is unknown, or they do not fit.
   */
  move(params: ThreadSectionMoveParams): Change<ThreadSectionMoveResponse> {
    this.#db.transaction(() => this.#move(params));
    const { threadId, sectionId } = params;
    return {
      result: {},
      notifications: [
        { method: "thread/section/changed", params: { threadId, sectionId } },
      ],
    };
  }

  #move(params: ThreadSectionMoveParams): void {
    const { threadId, sectionId } = params;
    const before = params.beforeThreadId ?? null;
    if (sectionId === null && before !== null) {
      throw RpcError.invalidRequest(
        "beforeThreadId requires a non-null sectionId",
      );
    }
    if (before === threadId) {
      throw RpcError.invalidRequest(
        `thread ${threadId} cannot be moved before itself`,
      );
    }
    const thread = this.#db.get(
      "SELECT section_id, section_entered_ms FROM threads WHERE id = ?",
      threadId,
    );
    if (!thread) throw RpcError.invalidRequest(`thread not found: ${threadId}`);
    if (sectionId === null) {
      this.#db.run(
        `UPDATE threads SET section_id = NULL, section_place = NULL,
         section_entered_ms = NULL WHERE id = ?`,
        threadId,
      );
      return;
    }
    if (!this.#read(sectionId)) {
      throw RpcError.invalidRequest(`section ${sectionId} does not exist`);
    }
    const others = this.#places(sectionId, threadId);
    const at = before === null
      ? others.length
      : others.findIndex((other) => other.id === before);
    if (at < 0) {
      throw RpcError.invalidRequest(
        `before thread ${before} is not in section ${sectionId}`,
      );
    }
    let place = placeBetween(others[at - 1]?.place, others[at]?.place);
    if (place === undefined) {
      others.forEach((other, index) => {
        other.place = (index + 1) * placeStep;
        this.#db.run(
          "UPDATE threads SET section_place = ? WHERE id = ?",
          other.place,
          other.id,
        );
      });
      place = placeBetween(others[at - 1]?.place, others[at]?.place)!;
    }
    const stays = thread.section_id === sectionId;
    this.#db.run(
      `UPDATE threads SET section_id = ?, section_place = ?,
       section_entered_ms = ? WHERE id = ?`,
      sectionId,
      place,
      stays ? thread.section_entered_ms! : this.#now(),
      threadId,
    );
  }

  #places(sectionId: string, except: string): { id: string; place: number }[] {
    return this.#db.all(
      `SELECT id, section_place FROM threads WHERE section_id = ? AND id <> ?
       ORDER BY section_place, id`,
      sectionId,
      except,
    ).map((row) => ({
      id: row.id as string,
      place: row.section_place as number,
    }));
  }

  #read(id: string): ThreadSection | undefined {
    const row = this.#db.get("SELECT * FROM sections WHERE id = ?", id);
    return row && toSection(row);
  }
}

function toSection(row: Row): ThreadSection {
  return {
    id: row.id as string,
    name: row.name as string,
    appearance: row.appearance === null
      ? null
      : JSON.parse(row.appearance as string) as ThreadSectionAppearance,
  };
}

function toAppearance(
  appearance: ThreadSectionAppearance | null,
): ThreadSectionAppearance | null {
  if (appearance === null) return null;
  for (const field of ["icon", "color"] as const) {
    const bytes = new TextEncoder().encode(appearance[field] ?? "").length;
    if (bytes <= MOST_APPEARANCE_BYTES) continue;
    throw RpcError.invalidParams(
      `section appearance ${field} must not exceed ` +
        `${MOST_APPEARANCE_BYTES} bytes`,
    );
  }
  return { icon: appearance.icon ?? null, color: appearance.color ?? null };
}

function checkSectionId(id: string): void {
  if (id.trim() !== "") return;
  throw RpcError.invalidParams("sectionId must not be empty");
}

function toName(text: string): string {
  const name = text.trim();
  if (name !== "") return name;
  throw RpcError.invalidParams("section name must not be empty");
}

function unknown(id: string): RpcError {
  return RpcError.invalidParams(`thread section not found: ${id}`);
}
