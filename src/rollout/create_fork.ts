import type { SessionMeta } from "./record.ts";
import { encodeRecords } from "./_encode_records.ts";
import { Rollout, type RolloutOptions } from "./rollout.ts";
import { openBytes } from "./_stored_bytes.ts";
import type { StoredThread } from "./stored_thread.ts";

const COPY_BYTES = 1 << 20;

/** Settings of {@linkcode createFork}. */
export interface ForkOptions extends RolloutOptions {
  /** Turn that is left out, with all later ones. Default: none is. */
  readonly beforeTurnId?: string;
}

/**
 * Begins the rollout of a fork, and writes it. What the source has is not
 * copied but referred to, so the source can't be removed from then on. Only a
 * source whose records have no numbers, as earlier versions wrote them, is
 * copied.
 *
 * @param path Where it is to be.
 * @param meta Whose it is; what it is a fork of is added.
 * @throws {RangeError} if the source has no such turn.
 * @throws {RolloutError} if it can't be written.
 */
export async function createFork(
  source: StoredThread,
  path: string,
  meta: SessionMeta,
  { beforeTurnId, ...options }: ForkOptions = {},
): Promise<Rollout> {
  const forked = { ...meta, forked_from_id: source.meta.id };
  if (source.meta.history_mode !== "paginated") {
    return await copyFork(source, path, forked, beforeTurnId, options);
  }
  const base = source.baseBefore(beforeTurnId);
  const rollout = Rollout.create(path, {
    ...forked,
    history_mode: "paginated",
    ...base === undefined ? {} : {
      forked_from_ordinal_exclusive: base.end_ordinal_exclusive,
      history_base: base,
    },
  }, options);
  rollout.append();
  return rollout;
}

/**
 * Begins a thread's next file, in which a turn and all later ones have not
 * happened, and writes it. The one before stays: it is referred to.
 *
 * @param path Where it is to be; see {@linkcode toSegmentPath}.
 * @throws {RangeError} if there is no such turn.
 * @throws {RolloutError} if it can't be written.
 */
export function createRevert(
  source: StoredThread,
  path: string,
  beforeTurnId: string,
  options: RolloutOptions = {},
): Rollout {
  const { history_base: _, ...meta } = source.meta;
  const base = source.baseBefore(beforeTurnId);
  const now = (options.now ?? Date.now)();
  const rollout = Rollout.create(path, {
    ...meta as SessionMeta,
    timestamp: new Date(now).toISOString(),
    ...base === undefined ? {} : { history_base: base },
  }, options);
  rollout.append();
  return rollout;
}

async function copyFork(
  source: StoredThread,
  path: string,
  meta: SessionMeta,
  beforeTurnId: string | undefined,
  options: RolloutOptions,
): Promise<Rollout> {
  if (beforeTurnId !== undefined) source.baseBefore(beforeTurnId);
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  {
    using file = await Deno.open(path, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    const now = new Date((options.now ?? Date.now)()).toISOString();
    const record = { type: "session_meta", payload: meta } as const;
    await file.write(encodeRecords([record], now, 0));
    for (const part of await source.filesBefore(beforeTurnId)) {
      await copyStart(part.path, part.endByte, file);
    }
  }
  return await Rollout.open(path, options);
}

/** Copies the first bytes of a rollout. */
async function copyStart(
  path: string,
  endByte: number,
  target: Deno.FsFile,
): Promise<void> {
  await using bytes = await openBytes(path);
  for (let from = 0; from < endByte; from += COPY_BYTES) {
    const piece = await bytes.read(from, Math.min(endByte, from + COPY_BYTES));
    for (let done = 0; done < piece.length;) {
      done += await target.write(piece.subarray(done));
    }
  }
}
