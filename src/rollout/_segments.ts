import { findSegment } from "./find_rollout.ts";
import { readHeadLine } from "./_read_head_line.ts";
import type { HistoryBase } from "./record.ts";

/** A file of a history, and how much of it counts. */
export interface Segment {
  readonly path: string;
  /** Id that stands for it in a history base. */
  readonly id: string;
  /** First byte that no longer counts; undefined for all, growing. */
  readonly endByte: number | undefined;
  /** First number that no longer counts. */
  readonly endOrdinal: number | undefined;
}

/**
 * The files that a history is made of, oldest first: each may say in its first
 * line what comes before it.
 *
 * @throws {Error} if one of them is missing.
 */
export async function findSegments(
  path: string,
  id: string,
  home: string | undefined,
): Promise<Segment[]> {
  const segments: Segment[] = [
    { path, id, endByte: undefined, endOrdinal: undefined },
  ];
  for (
    let base = await readBase(path);
    base;
    base = await readBase(segments[0]?.path ?? path)
  ) {
    const { thread_id } = base;
    if (segments.some((segment) => segment.id === thread_id)) {
      throw new Error(`The history of rollout "${path}" never begins`);
    }
    const before = home === undefined
      ? undefined
      : await findSegment(home, thread_id);
    if (before === undefined) {
      throw new Error(
        `Rollout "${path}" goes on from ${thread_id}, which is not there`,
      );
    }
    segments.unshift({
      path: before,
      id: thread_id,
      endByte: base.end_byte_offset,
      endOrdinal: base.end_ordinal_exclusive,
    });
  }
  return segments;
}

async function readBase(path: string): Promise<HistoryBase | undefined> {
  const meta = await readHeadLine(path);
  return meta?.history_base;
}
