import type { OutgoingFrame } from "./channel.ts";

/** Whether a frame comes in chunks, to be sent as one message. */
export function isChunked(
  frame: OutgoingFrame,
): frame is AsyncIterable<Uint8Array<ArrayBuffer>> {
  return typeof frame !== "string" && !(frame instanceof Uint8Array);
}

/** The error of a `send` on a channel that is gone. */
export function closedError(reason: string): Error {
  return new Error(`Cannot send on a closed channel: ${reason}`);
}
