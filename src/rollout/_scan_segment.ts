import { scanLines, type ScanOptions } from "./_scan_lines.ts";
import type { Segment } from "./_segments.ts";
import { type Head, sniff } from "./_sniff.ts";
import { openBytes } from "./_stored_bytes.ts";

/**
 * Reads the lines of a file of a history that count, from `start` (bytes) on;
 * see {@linkcode scanLines}.
 *
 * @returns where to go on when there is more.
 */
export async function scanSegment(
  { path, endByte, endOrdinal = Infinity }: Segment,
  start: number,
  show: (head: Head | undefined, line: Uint8Array, offset: number) => void,
  options: ScanOptions,
): Promise<number> {
  await using bytes = await openBytes(path);
  const size = await bytes.size();
  const end = Math.min(endByte ?? size, size);
  if (end <= start) return start;
  return await scanLines(bytes, start, end, (line, offset) => {
    const head = sniff(line);
    if ((head?.ordinal ?? 0) < endOrdinal) show(head, line, offset);
  }, options);
}
