const decoder = new TextDecoder();
const DELTA = '"deltaBase64":"';
const QUOTE = 34;
const EQUALS = 61;

/**
 * Decoded size of a notification of output, without decoding it; nothing for
 * any other message.
 */
export function deltaBytes(
  payload: Uint8Array,
  processId: string,
): number | undefined {
  const head = decoder.decode(payload.subarray(0, 256));
  if (!head.includes("outputDelta") || !head.includes(`"${processId}"`)) {
    return undefined;
  }
  const at = head.indexOf(DELTA);
  if (at < 0) return undefined;
  const start = at + DELTA.length;
  const end = payload.indexOf(QUOTE, start);
  let padding = 0;
  if (end > start && payload[end - 1] === EQUALS) padding++;
  if (end > start && payload[end - 2] === EQUALS) padding++;
  return (end - start) / 4 * 3 - padding;
}
