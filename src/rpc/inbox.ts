import {
  type CancelRequestParams,
  decode,
  findRequestId,
  isCrowded,
  type RequestId,
  type RequestMessage,
  RpcError,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { IncomingFrame, OversizedFrame } from "../transport/channel.ts";

/** Where an {@linkcode Inbox} brings what it read. */
export interface InboxOptions {
  /** About how many values one message may hold. */
  readonly maxValues: number;
  readonly log: Logger;
  /** A request, and the length of its message. */
  readonly onRequest: (message: RequestMessage, bytes: number) => void;
  /** What the client was asked; an {@linkcode RpcError} if it refused. */
  readonly onAnswer: (id: RequestId, answer: unknown) => void;
  /** The client has no more use for what it asked. */
  readonly onCancel: (id: RequestId) => void;
  /** A message that is not read; null if it has no id, or none was found. */
  readonly onRefused: (id: RequestId | null, error: RpcError) => void;
}

/** Makes messages of the frames of a peer. What can't be read ends here. */
export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Takes the next frame. */
  take(frame: IncomingFrame): void {
    if (typeof frame !== "string") return this.#refuseOversized(frame);
    const { maxValues, log, onRequest, onAnswer } = this.#options;
    if (isCrowded(frame, maxValues)) {
      const text =
        `Invalid request: the message holds more than ${maxValues} values`;
      const head = frame.slice(0, END_LENGTH);
      return this.#refuse(text, head, frame.slice(-END_LENGTH));
    }
    const message = decode(frame);
    switch (message.kind) {
      case "request":
        return onRequest(message, frame.length);
      case "response":
        return onAnswer(message.id, message.result);
      case "failure": {
        const { code, message: text, data } = message.error;
        return onAnswer(message.id, new RpcError(code, text, { data }));
      }
      case "notification":
        if (message.method === "$/cancelRequest") {
          this.#cancel(message.params, frame);
        }
        return;
      case "garbage":
        log.error("dropped a message that can't be read", {
          reason: message.reason,
          // Nothing else of it: whatever is broken may still hold a secret.
          method: METHOD_NAME.exec(frame)?.[1],
          length: frame.length,
        });
    }
  }

  #cancel(params: unknown, frame: string): void {
    const { id } = (params ?? {}) as Partial<CancelRequestParams>;
    // A number may have lost digits: the text still has them.
    const text = typeof id === "string" || Number.isSafeInteger(id)
      ? JSON.stringify(id)
      : /"id"\s*:\s*(-?\d+)/.exec(frame)?.[1];
    if (text !== undefined) this.#options.onCancel(text);
  }

  #refuseOversized({ bytes, limit, head, tail }: OversizedFrame): void {
    const text =
      `Invalid request: the message has ${bytes} bytes, at most ${limit} are taken`;
    this.#refuse(text, head, tail);
  }

  /** Refuses a message of which no more than its ends are looked at. */
  #refuse(text: string, head: string, tail: string): void {
    this.#options.log.error(text);
    const error = RpcError.invalidRequest(text);
    this.#options.onRefused(findRequestId(head, tail), error);
  }
}

/** How much of a message that is not read is searched for its id. */
const END_LENGTH = 4096;

/** What looks like the name of a method in a message that is none. */
const METHOD_NAME = /"method"\s*:\s*"([\w$/]{1,60})"/;
