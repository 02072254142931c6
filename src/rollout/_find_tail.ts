import { scanLines } from "./_scan_lines.ts";
import { sniff } from "./_sniff.ts";
import type { StoredBytes } from "./_stored_bytes.ts";

const STEP_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Where a rollout can be gone on with. */
export interface Tail {
  /** Bytes of whole lines. */
  readonly bytes: number;
  /** Bytes of a cut-off line behind them. */
  readonly tornBytes: number;
  /** Number of the next record. */
  readonly ordinal: number;
}

/** Reads a rollout from its end, as far as needed. */
export async function findTail(stored: StoredBytes): Promise<Tail> {
  const size = await stored.size();
  const bytes = await findLastNewline(stored, size) + 1;
  const tornBytes = size - bytes;
  for (let end = bytes; end > 0;) {
    const start = await findLastNewline(stored, end - 1) + 1;
    const head = sniff(await stored.read(start, end - 1));
    if (head?.ordinal !== undefined) {
      return { bytes, tornBytes, ordinal: head.ordinal + 1 };
    }
    // Written before records had numbers: they are counted.
    if (head) break;
    end = start;
  }
  let ordinal = 0;
  await scanLines(stored, 0, bytes, () => void ordinal++);
  return { bytes, tornBytes, ordinal };
}

async function findLastNewline(
  stored: StoredBytes,
  end: number,
): Promise<number> {
  for (let until = end; until > 0;) {
    const from = Math.max(0, until - STEP_BYTES);
    const found = (await stored.read(from, until)).lastIndexOf(NEWLINE);
    if (found >= 0) return from + found;
    until = from;
  }
  return -1;
}
