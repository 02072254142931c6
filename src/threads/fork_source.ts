import {
  RpcError,
  type Thread as ThreadView,
  type ThreadForkParams,
} from "../protocol/mod.ts";
import { readRollout, type StoredThread } from "../rollout/mod.ts";
import { findStored } from "./resume_thread.ts";
import type { Threads } from "./threads.ts";

/** The thread that a fork is made of. */
export interface ForkSource {
  readonly id: string;
  readonly stored: StoredThread;
  /** What the catalog knows of it. */
  readonly row: ThreadView | undefined;
  /** Turn that is played there. */
  readonly runningTurnId: string | undefined;
}

/**
 * Finds the thread that is to be forked.
 *
 * @throws {RpcError} if there is none, or it can't be forked as it is wished.
 */
export async function findForkSource(
  threads: Threads,
  params: ThreadForkParams,
): Promise<ForkSource> {
  checkWishes(params);
  const { id, path } = await findStored(threads, params, "read");
  const stored = await readRollout(path, { home: threads.home });
  const row = await threads.readRow(id);
  const isPaginated = stored.meta.history_mode === "paginated";
  if (params.attachToSource && !isPaginated) {
    throw RpcError.invalidRequest("attachToSource requires a paginated parent");
  }
  if (params.ephemeral && isPaginated && !params.excludeTurns) {
    throw RpcError.invalidRequest(
      "ephemeral paginated thread/fork requires `excludeTurns: true`",
    );
  }
  const runningTurnId = threads.find(id)?.turn?.turnId;
  return { id, stored, row, runningTurnId };
}

/**
 * The turn before which a fork ends; nothing if it takes over all.
 *
 * @throws {RpcError} if there is no such turn, or the last one is not over.
 */
export function toCut(
  { stored: source, runningTurnId }: ForkSource,
  { lastTurnId, beforeTurnId }: ThreadForkParams,
): string | undefined {
  const named = lastTurnId ?? beforeTurnId;
  if (named == null) return undefined;
  const at = source.indexOfTurn(named);
  if (at < 0) throw RpcError.invalidRequest(`turn not found: ${named}`);
  if (lastTurnId != null && lastTurnId === runningTurnId) {
    throw RpcError.invalidRequest(
      `lastTurnId '${lastTurnId}' identifies an in-progress turn`,
    );
  }
  return lastTurnId == null ? named : source.turnIds[at + 1];
}

/** @throws {RpcError} if what is wished for can't be had together. */
function checkWishes(params: ThreadForkParams): void {
  const { ephemeral, attachToSource, deferGoalContinuation } = params;
  const predicts = params.experimentalPredictionMode;
  const hasCut = params.lastTurnId != null || params.beforeTurnId != null;
  const flaws = [
    [
      predicts && !ephemeral,
      "`experimentalPredictionMode` requires `ephemeral: true`",
    ],
    [
      params.experimentalDisablePredictionMcp && !predicts,
      "`experimentalDisablePredictionMcp` requires " +
      "`experimentalPredictionMode: true`",
    ],
    [
      attachToSource && (ephemeral || deferGoalContinuation),
      "attachToSource cannot be combined with ephemeral or " +
      "deferGoalContinuation",
    ],
    [
      deferGoalContinuation && ephemeral,
      "`deferGoalContinuation` cannot be combined with `ephemeral`",
    ],
    [
      params.lastTurnId != null && params.beforeTurnId != null,
      "`beforeTurnId` cannot be combined with `lastTurnId`",
    ],
    [
      predicts && (hasCut || params.path),
      "`experimentalPredictionMode` requires a thread id without a path or " +
      "turn cutoff",
    ],
  ] as const;
  const [, flaw] = flaws.find(([isThere]) => isThere) ?? [];
  if (flaw !== undefined) throw RpcError.invalidRequest(flaw);
}
