import { isChunked } from "./_frames.ts";
import type { OutgoingFrame } from "./channel.ts";

/** Text that is gathered before it is written, in UTF-16 units. */
const GATHERED_LENGTH = 256 * 1024;
const NEWLINE = new Uint8Array([10]);

/** Where lines are written to. A write resolves once all bytes are taken. */
export interface ByteSink {
  /** Writes all bytes. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Tells the reader that nothing more comes. */
  close(): Promise<void>;
}

/**
 * Writes frames as lines. Small frames are gathered, because one write for
 * each is tens of times slower; a frame in chunks is written chunk by chunk.
 */
export async function writeLines(
  sink: ByteSink,
  frames: readonly OutgoingFrame[],
): Promise<void> {
  const encoder = new TextEncoder();
  let gathered = "";
  const flush = async (): Promise<void> => {
    if (gathered === "") return;
    const bytes = encoder.encode(gathered);
    gathered = "";
    await sink.write(bytes);
  };
  for (const frame of frames) {
    if (typeof frame === "string") {
      gathered += frame + "\n";
      if (gathered.length >= GATHERED_LENGTH) await flush();
      continue;
    }
    await flush();
    if (isChunked(frame)) {
      for await (const chunk of frame) await sink.write(chunk);
    } else {
      await sink.write(frame);
    }
    await sink.write(NEWLINE);
  }
  await flush();
}
