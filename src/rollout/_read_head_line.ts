import { parseLine } from "./_sniff.ts";
import type { SessionMeta } from "./record.ts";
import { openBytes } from "./_stored_bytes.ts";

const FIRST_STEP_BYTES = 64 * 1024;
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

/** What the first line of a rollout says; undefined if it says nothing. */
export async function readHeadLine(
  path: string,
): Promise<SessionMeta | undefined> {
  await using bytes = await openBytes(path);
  for (
    let length = FIRST_STEP_BYTES;
    length <= LONGEST_LINE_BYTES;
    length *= 4
  ) {
    const piece = await bytes.read(0, length);
    const newline = piece.indexOf(NEWLINE);
    if (newline < 0 && piece.length === length) continue;
    const record = parseLine(newline < 0 ? piece : piece.subarray(0, newline));
    return record?.type === "session_meta"
      ? record.payload as unknown as SessionMeta
      : undefined;
  }
  return undefined;
}
