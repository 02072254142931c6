/** Where a request comes from in a distributed trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** Span that caused the request: 16 hexadecimal digits, not all zero. */
  readonly spanId: string;
  /** Bit 0: the caller records this trace. */
  readonly traceFlags: number;
  /** Vendors' own entries, as they came. */
  readonly tracestate?: string;
}

const traceparentPattern =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * Reads `traceparent` and `tracestate`. A traceparent that breaks the rules
 * counts as absent, and so does a tracestate on its own account. Source: W3C
 * Trace Context, sections 3.2 and 3.3.
 */
export function parseTraceContext(
  traceparent: string | null | undefined,
  tracestate?: string | null,
): TraceContext | undefined {
  const match = traceparentPattern.exec(traceparent ?? "");
  if (!match) return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  // Version 00 ends here; later ones may go on behind a dash.
  if (version === "00" && rest !== undefined) return undefined;
  return {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: Number.parseInt(flags!, 16) & 1,
    ...(tracestate && isTracestate(tracestate) ? { tracestate } : {}),
  };
}

const tracestateKey =
  /^(?:[a-z][a-z\d_\-*/]{0,255}|[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13})$/;
const tracestateValue =
  /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

function isTracestate(text: string): boolean {
  if (text.length > 8192) return false;
  const members = text.split(",").map((member) =>
    member.replace(/^[ \t]+|[ \t]+$/g, "")
  ).filter((member) => member !== "");
  const keys = new Set<string>();
  for (const member of members) {
    const cut = member.indexOf("=");
    const key = member.slice(0, cut);
    if (cut < 0 || !tracestateKey.test(key) || keys.has(key)) return false;
    if (!tracestateValue.test(member.slice(cut + 1))) return false;
    keys.add(key);
  }
  return members.length > 0 && members.length <= 32;
}
