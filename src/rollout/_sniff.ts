const HEAD_BYTES = 256;
const HEAD =
  /^\{"timestamp":"([^"]*)",(?:"ordinal":(\d+),)?"type":"(\w+)","payload":\{(?:"type":"(\w+)")?/;
const CLOSING_BRACE = 125;

/** What the first bytes of a line say. */
export interface Head {
  readonly timestamp: string;
  readonly ordinal: number | undefined;
  readonly type: string;
  /** `type` of its payload, if that is its first field. */
  readonly kind: string | undefined;
  /** The first bytes themselves. */
  readonly text: string;
}

/**
 * Reads the head of a line without parsing all of it. Undefined for a line that
 * is not that of a rollout, or not whole.
 */
export function sniff(line: Uint8Array): Head | undefined {
  if (line.length === 0 || line[line.length - 1] !== CLOSING_BRACE) {
    return undefined;
  }
  const text = toText(line.subarray(0, HEAD_BYTES));
  const match = HEAD.exec(text);
  if (!match) return sniffWhole(line);
  const [, timestamp, ordinal, type, kind] = match;
  if (timestamp === undefined || type === undefined) return undefined;
  return {
    timestamp,
    ordinal: ordinal === undefined ? undefined : Number(ordinal),
    type,
    kind,
    text,
  };
}

/** For lines whose fields stand in another order. */
function sniffWhole(line: Uint8Array): Head | undefined {
  const record = parseLine(line);
  if (!record) return undefined;
  const { timestamp, ordinal, type, payload } = record;
  return {
    timestamp: typeof timestamp === "string" ? timestamp : "",
    ordinal: typeof ordinal === "number" ? ordinal : undefined,
    type,
    kind: typeof payload["type"] === "string" ? payload["type"] : undefined,
    text: JSON.stringify(payload),
  };
}

/** A line in full. */
export interface ParsedLine {
  readonly timestamp?: unknown;
  readonly ordinal?: unknown;
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

/** Parses a line; undefined if it is not that of a rollout. */
export function parseLine(line: Uint8Array): ParsedLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(toText(line));
  } catch {
    return undefined;
  }
  return isObject(value) && typeof value["type"] === "string" &&
      isObject(value["payload"])
    ? value as unknown as ParsedLine
    : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keeps nothing between two calls: none of them is part of a stream. */
const decoder = new TextDecoder();

function toText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
