import type { RolloutRecord } from "./record.ts";

/** Records as lines of a rollout. */
export function encodeRecords(
  records: readonly RolloutRecord[],
  timestamp: string,
  firstOrdinal: number,
): Uint8Array {
  let text = "";
  for (const [index, { type, payload }] of records.entries()) {
    text += `{"timestamp":"${timestamp}","ordinal":${
      firstOrdinal + index
    },"type":${JSON.stringify(type)},"payload":${JSON.stringify(payload)}}\n`;
  }
  return new TextEncoder().encode(text);
}
