import { endOfString } from "./_end_of_string.ts";

/**
 * A request id as it stood on the wire: the JSON text of a string or of a
 * 64-bit integer. Kept as text because a JavaScript number would corrupt the
 * larger ones; `1` and `"1"` are different ids.
 */
export type RequestId = string;

/** W3C trace context that travels beside a request. */
export interface TraceContext {
  /** The `traceparent` field. */
  readonly traceparent: string;
  /** The `tracestate` field, if any. */
  readonly tracestate?: string;
}

/** A call that wants a reply. */
export interface RequestMessage {
  /** Tells the kinds apart. */
  readonly kind: "request";
  /** The id, as it stood on the wire. */
  readonly id: RequestId;
  /** Wire name of the method. */
  readonly method: string;
  /** The parameters, not checked yet; `undefined` if there are none. */
  readonly params: unknown;
  /** Where the caller stands in a trace. */
  readonly trace?: TraceContext;
}

/** A call that wants no reply. */
export interface NotificationMessage {
  /** Tells the kinds apart. */
  readonly kind: "notification";
  /** Wire name of the method. */
  readonly method: string;
  /** The parameters, not checked yet; `undefined` if there are none. */
  readonly params: unknown;
}

/** The good end of a request. */
export interface ResponseMessage {
  /** Tells the kinds apart. */
  readonly kind: "response";
  /** The id, as it stood on the wire. */
  readonly id: RequestId;
  /** What was answered, not checked yet. */
  readonly result: unknown;
}

/** The bad end of a request. */
export interface FailureMessage {
  /** Tells the kinds apart. */
  readonly kind: "failure";
  /** The id, as it stood on the wire. */
  readonly id: RequestId;
  /** What was refused, and why. */
  readonly error: {
    /** One of the error codes. */
    readonly code: number;
    /** Words for people. */
    readonly message: string;
    /** Detail for programs. */
    readonly data?: unknown;
  };
}

/** Something that is not a message; it gets no reply. */
export interface GarbageMessage {
  /** Tells the kinds apart. */
  readonly kind: "garbage";
  /** What is wrong with it and where, for the log. */
  readonly reason: string;
}

/** Whatever a frame can hold. */
export type Message =
  | RequestMessage
  | NotificationMessage
  | ResponseMessage
  | FailureMessage
  | GarbageMessage;

/**
 * Reads one frame. Never throws: what is no message comes back as garbage with
 * the reason.
 *
 * @example
 * ```ts
 * import { decode } from "@gangway/app-server/protocol";
 * const message = decode('{"id":9007199254740993,"method":"fs/readFile"}');
 * if (message.kind !== "request") throw new Error(message.kind);
 * if (message.id !== "9007199254740993") throw new Error(message.id);
 * ```
 */
export function decode(frame: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch (error) {
    return garbage(`not JSON: ${toFault(error as SyntaxError)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = value === null
      ? "null"
      : Array.isArray(value)
      ? "an array"
      : `a ${typeof value}`;
    return garbage(`expected an object, got ${kind}`);
  }
  const message = value as Record<string, unknown>;
  const { method } = message;
  const outline = toOutline(frame);
  if (outline.methods > 1) return garbage("duplicate field `method`");
  if (outline.ids > 1) return garbage("duplicate field `id`");
  let id: RequestId | null;
  if (typeof message.id === "string") id = JSON.stringify(message.id);
  else if (message.id === undefined || message.id === null) id = null;
  else if (typeof message.id === "number" && isInt64(outline.id)) {
    id = outline.id === "-0" ? "0" : outline.id;
  } else {
    return garbage(
      "field `id`: expected a string or a 64-bit integer, got " +
        abbreviate(outline.id),
    );
  }
  if (method !== undefined) {
    if (typeof method !== "string") {
      return garbage(
        `field \`method\`: expected a string, got ${typeof method}`,
      );
    }
    if (id === null) {
      return { kind: "notification", method, params: message.params };
    }
    if (message.trace === undefined || message.trace === null) {
      return { kind: "request", id, method, params: message.params };
    }
    const trace = toTrace(message.trace);
    if (trace === undefined) {
      return garbage(
        "field `trace`: expected an object with strings `traceparent` and `tracestate`",
      );
    }
    return { kind: "request", id, method, params: message.params, trace };
  }
  if (id === null) return garbage("neither `method` nor `id`");
  if ("result" in message) {
    return { kind: "response", id, result: message.result };
  }
  const error = message.error as Record<string, unknown> | null | undefined;
  if (
    typeof error === "object" && error !== null &&
    Number.isSafeInteger(error.code) && typeof error.message === "string"
  ) {
    return { kind: "failure", id, error: error as FailureMessage["error"] };
  }
  return garbage("neither `method`, `result` nor a well-formed `error`");
}

/** The engine's words without the piece of text that they quote. */
function toFault({ message }: SyntaxError): string {
  return message.replace(/, (?:\.{3})?"[^]*$/, "");
}

/** Encodes a request. */
export function encodeRequest(
  id: RequestId,
  method: string,
  params: unknown,
): string {
  return params === undefined
    ? `{"id":${id},"method":${JSON.stringify(method)}}`
    : `{"id":${id},"method":${JSON.stringify(method)},"params":${
      JSON.stringify(params)
    }}`;
}

/** Encodes a notification; the server adds the time it was made. */
export function encodeNotification(
  method: string,
  params: unknown,
  emittedAtMs?: number,
): string {
  if (params !== undefined) {
    const { head, tail } = aroundParams(method, emittedAtMs);
    return `${head}${JSON.stringify(params)}${tail}`;
  }
  const time = emittedAtMs === undefined ? "" : `,"emittedAtMs":${emittedAtMs}`;
  return `{"method":${JSON.stringify(method)}${time}}`;
}

/** What stands in a notification before and behind its parameters. */
export function aroundParams(
  method: string,
  emittedAtMs?: number,
  seq?: number,
): { head: string; tail: string } {
  const time = emittedAtMs === undefined ? "" : `,"emittedAtMs":${emittedAtMs}`;
  const number = seq === undefined ? "" : `,"seq":${seq}`;
  return {
    head: `{"method":${JSON.stringify(method)},"params":`,
    tail: `${time}${number}}`,
  };
}

/** Encodes the good end of a request. */
export function encodeResponse(id: RequestId, result: unknown): string {
  return `{"id":${id},"result":${JSON.stringify(result ?? null)}}`;
}

/** Encodes the bad end of a request. `id` is null where it is not known. */
export function encodeFailure(
  id: RequestId | null,
  error: FailureMessage["error"],
): string {
  const { code, message, data } = error;
  return `{"error":${JSON.stringify({ code, message, data })},"id":${id}}`;
}

/**
 * Looks for the id of a request of which only the beginning and the end are
 * left. Null where it can't be told for sure.
 */
export function findRequestId(head: string, tail: string): RequestId | null {
  // A value that stands before anything nested is the top level's own, and so
  // is one that only closing braces follow.
  const first =
    /^\s*\{(?:\s*"[^"\\]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d+|true|false|null)\s*,)*?\s*"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)\s*[,}]/
      .exec(head)?.[1];
  const last = /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)\s*\}\s*$/.exec(tail)?.[1];
  const raw = first ?? last;
  if (raw === undefined) return null;
  if (!raw.startsWith('"')) return isInt64(raw) ? raw : null;
  try {
    return JSON.stringify(JSON.parse(raw));
  } catch {
    return null;
  }
}

function garbage(reason: string): GarbageMessage {
  return { kind: "garbage", reason };
}

function toTrace(value: unknown): TraceContext | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { traceparent, tracestate } = value as Record<string, unknown>;
  if (typeof traceparent !== "string") return undefined;
  if (tracestate === undefined || tracestate === null) return { traceparent };
  return typeof tracestate === "string"
    ? { traceparent, tracestate }
    : undefined;
}

function abbreviate(raw: string): string {
  return raw.length > 40 ? `${raw.slice(0, 40)}…` : raw;
}

const MAX_INT64 = 9223372036854775807n;

function isInt64(raw: string): boolean {
  if (!/^-?\d+$/.test(raw)) return false;
  if (raw.length < 19) return true;
  const value = BigInt(raw);
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n;
}

/** What JSON.parse does not tell of a message. */
interface Outline {
  /** How the id was written. */
  id: string;
  ids: number;
  methods: number;
}

/**
 * How the id was written, and whether `id` or `method` stand twice, in a JSON
 * object that is known to be well formed. Where each name occurs only once in
 * the whole text, which is nearly always, two searches are enough.
 */
function toOutline(frame: string): Outline {
  const id = frame.indexOf('"id"');
  const method = frame.indexOf('"method"');
  const plain = id >= 0 && frame.indexOf('"id"', id + 1) < 0 &&
    method >= 0 && frame.indexOf('"method"', method + 1) < 0 &&
    // A name may be spelled with escapes.
    frame.indexOf("\\u") < 0;
  if (!plain) return scan(frame);
  const start = frame.indexOf(":", id + 4) + 1;
  const raw = frame.slice(start, endOfValue(frame, start)).trim();
  return { id: raw, ids: 1, methods: 1 };
}

/** Walks over the top level of a JSON object that is known to be well formed. */
function scan(frame: string): Outline {
  const outline: Outline = { id: "", ids: 0, methods: 0 };
  let at = frame.indexOf("{") + 1;
  for (;;) {
    const open = frame.indexOf('"', at);
    if (open < 0) break;
    const close = endOfString(frame, open);
    const start = frame.indexOf(":", close) + 1;
    const end = endOfValue(frame, start);
    const key = JSON.parse(frame.slice(open, close + 1));
    if (key === "id") {
      outline.ids++;
      outline.id = frame.slice(start, end).trim();
    } else if (key === "method") outline.methods++;
    if (frame[end] === "}") break;
    at = end + 1;
  }
  return outline;
}

/** Index of the comma or brace behind the value which begins at `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 34: // "
        at = endOfString(text, at);
        break;
      case 123: // {
      case 91: // [
        depth++;
        break;
      case 125: // }
        if (depth === 0) return at;
        depth--;
        break;
      case 93: // ]
        depth--;
        break;
      case 44: // ,
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}
