// @ts-types="@types/ws"
import { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES } from "./limits.ts";

/** How long a peer may take to answer a close frame that an error caused. */
export const CLOSE_TIMEOUT_MS: number = 10_000;

/** What is said in a close frame that the protocol engine sends by itself. */
const REASONS: Readonly<Record<number, string>> = {
  1002: "Frame breaks the websocket protocol",
  1007: "Text is not valid UTF-8",
  1008: "Message comes in too many pieces",
};

/**
 * The `WebSocket` of npm `ws`, which gives a reason where `ws` would send only
 * a code, and remembers what was sent.
 */
export class ReasonedWebSocket extends WebSocket {
  /** Longest message it takes, for the words of code 1009. */
  maxMessageBytes: number = MAX_MESSAGE_BYTES;
  /** Code and reason of the close frame that this side sent. */
  sentClose: { readonly code: number; readonly reason: string } | undefined;

  /** Sends a close frame, see RFC 6455, section 5.5.1. */
  override close(code?: number, reason?: string | Buffer): void {
    if (code === undefined || reason !== undefined) {
      return super.close(code, reason);
    }
    const words = code === 1009
      ? `Message is longer than ${this.maxMessageBytes} bytes`
      : REASONS[code] ?? "";
    this.sentClose ??= { code, reason: words };
    super.close(code, words);
  }
}
