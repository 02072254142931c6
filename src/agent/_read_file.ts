import { orAbort } from "./_or_abort.ts";
import type { AgentOptions } from "./agent.ts";

/** Why a file was not read, as a person reads it. */
export interface Unread {
  readonly error: string;
}

/** How files are read that others name. */
export interface Reading {
  readonly signal: AbortSignal;
  /** What the server's own rules say. Default: all may be read. */
  readonly checkRead?: AgentOptions["checkRead"] | undefined;
}

const interrupted: Unread = { error: "the turn was interrupted" };

/**
 * The first `maxBytes` of a regular file, and whether there is more. Pipes and
 * devices are refused: reading one may never end.
 */
export async function readFile(
  path: string,
  maxBytes: number,
  { signal, checkRead }: Reading,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; isCut: boolean } | Unread> {
  if (signal.aborted) return interrupted;
  try {
    const place = await checkRead?.(path) ?? path;
    return await orAbort(read(place, maxBytes), signal);
  } catch (thrown) {
    if (signal.aborted) return interrupted;
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function read(
  path: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; isCut: boolean } | Unread> {
  const found = await Deno.stat(path);
  if (!found.isFile) return { error: "not a regular file" };
  using file = await Deno.open(path);
  const bytes = new Uint8Array(Math.min(found.size, maxBytes) + 1);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  const isCut = length > maxBytes || found.size > maxBytes;
  return { bytes: bytes.slice(0, Math.min(length, maxBytes)), isCut };
}
