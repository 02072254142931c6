import { Beginning } from "./_beginning.ts";
import type { OpenPayload, SessionMeta } from "./record.ts";
import { scanLines } from "./_scan_lines.ts";
import { parseLine, sniff } from "./_sniff.ts";
import { openBytes } from "./_stored_bytes.ts";
import { findSegment } from "./find_rollout.ts";

/** How far {@linkcode readHead} looks for what the user said first, in bytes. */
const HEAD_BYTES = 4 * 1024 * 1024;
/** How far {@linkcode readTail} looks back, in bytes. */
const TAIL_BYTES = 256 * 1024;

/** What the beginning of a rollout says. */
export interface RolloutHead {
  /** Whose it is. */
  readonly meta: SessionMeta;
  /**
   * What the user said first in this file, else in those that it goes on from;
   * empty if nothing was said.
   */
  readonly preview: string;
}

/** What the end of a rollout says, as far as it is near the end. */
export interface RolloutTail {
  /** When the last record was written, in Unix milliseconds. */
  readonly updatedAtMs: number;
  /** Last `turn_context`. */
  readonly context: OpenPayload | null;
  /** Last `thread_settings` that were applied. */
  readonly settings: OpenPayload | null;
  /** Last figures of `token_count`. */
  readonly usage: OpenPayload | null;
}

/**
 * Reads the beginning of a rollout only: whose it is, what was said first.
 * Undefined if it does not say whose it is.
 *
 * @throws {Deno.errors.NotFound} if there is none.
 */
export async function readHead(
  path: string,
  { home }: { readonly home?: string } = {},
): Promise<RolloutHead | undefined> {
  const first = await readBeginning(path);
  if (first.meta === undefined) return undefined;
  const seen = new Set([path]);
  let last = first;
  // What nothing was said in as yet begins as what it goes on from.
  while (last.preview === undefined && last.meta?.history_base && home) {
    const { thread_id, end_byte_offset } = last.meta.history_base;
    const before = await findSegment(home, thread_id);
    if (before === undefined || seen.has(before)) break;
    seen.add(before);
    last = await readBeginning(before, end_byte_offset);
  }
  return { meta: first.meta, preview: last.preview ?? "" };
}

/** What one file says up to a byte, and not those before it. */
async function readBeginning(
  path: string,
  endByte = HEAD_BYTES,
): Promise<Beginning> {
  const beginning = new Beginning();
  await using bytes = await openBytes(path);
  const end = Math.min(await bytes.size(), endByte, HEAD_BYTES);
  await scanLines(bytes, 0, end, (line) => beginning.take(line));
  return beginning;
}

/**
 * Reads the end of a rollout only.
 *
 * @throws {Deno.errors.NotFound} if there is none.
 */
export async function readTail(path: string): Promise<RolloutTail> {
  await using bytes = await openBytes(path);
  const size = await bytes.size();
  let updatedAtMs = 0;
  let context: OpenPayload | null = null;
  let settings: OpenPayload | null = null;
  let usage: OpenPayload | null = null;
  await scanLines(bytes, Math.max(0, size - TAIL_BYTES), size, (line) => {
    const head = sniff(line);
    if (!head) return;
    updatedAtMs = Date.parse(head.timestamp) || updatedAtMs;
    const kind = head.type === "event_msg" ? head.kind : head.type;
    if (kind === "turn_context") context = parseLine(line)?.payload ?? null;
    else if (kind === "thread_settings_applied") {
      settings = toObject(parseLine(line)?.payload["thread_settings"]);
    } else if (kind === "token_count") {
      usage = toObject(parseLine(line)?.payload["info"]) ?? usage;
    }
  });
  return { updatedAtMs, context, settings, usage };
}

/** Or may be one that was accepted; what becomes of it tells. */
function toObject(value: unknown): OpenPayload | null {
  return typeof value === "object" ? value as OpenPayload | null : null;
}
