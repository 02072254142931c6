import type { StoredBytes } from "./_stored_bytes.ts";

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;

/** Settings of {@linkcode scanLines}. */
export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads lines from `start` up to `end` (bytes) and shows each, without its
 * newline, with the place where it begins. The bytes are only good until the
 * call returns. What stands behind the last newline is not shown. Stops when
 * `show` returns false.
 *
 * @returns where the first line begins that was not shown.
 */
export async function scanLines(
  bytes: StoredBytes,
  start: number,
  end: number,
  show: (line: Uint8Array, offset: number) => boolean | void,
  { signal }: ScanOptions = {},
): Promise<number> {
  let buffer = new Uint8Array(Math.max(1, Math.min(CHUNK_BYTES, end - start)));
  let filled = 0;
  /** Place of the buffer's first byte. */
  let place = start;
  while (place + filled < end) {
    if (filled === buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    const want = Math.min(buffer.length, end - place);
    const count = await bytes.fill(
      buffer.subarray(filled, want),
      place + filled,
    );
    signal?.throwIfAborted();
    if (count === 0) break;
    const view = buffer.subarray(0, filled + count);
    let from = 0;
    for (
      let newline = view.indexOf(NEWLINE, filled);
      newline >= 0;
      newline = view.indexOf(NEWLINE, from)
    ) {
      if (show(view.subarray(from, newline), place + from) === false) {
        return place + from;
      }
      from = newline + 1;
    }
    buffer.copyWithin(0, from, view.length);
    filled = view.length - from;
    place += from;
  }
  return place;
}
