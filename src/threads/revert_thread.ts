import { RpcError } from "../protocol/mod.ts";
import {
  createRevert,
  readRollout,
  type Rollout,
  toSegmentPath,
} from "../rollout/mod.ts";
import { StoredTurns } from "./past_turns.ts";
import { toTaken } from "./resume_thread.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/**
 * Takes a thread back to before one of its turns. What is left goes on in a
 * file of its own; the one before stays as it is.
 *
 * @throws {RpcError} if a turn runs, or there is no such turn.
 */
export async function revertThread(
  threads: Threads,
  thread: Thread,
  beforeTurnId: string,
): Promise<void> {
  if (thread.view.ephemeral) {
    throw RpcError.invalidRequest(
      "ephemeral threads do not support thread/revert",
    );
  }
  const { rollout } = toIdle(thread);
  const stored = await (thread.past as StoredTurns).open();
  if (stored === undefined || stored.indexOfTurn(beforeTurnId) < 0) {
    throw RpcError.invalidRequest(`turn not found: ${beforeTurnId}`);
  }
  const next = createRevert(
    stored,
    toSegmentPath(rollout.path, threads.nextId()),
    beforeTurnId,
    { log: threads.log },
  );
  const left = await readRollout(next.path, { home: threads.home });
  thread.agent.replace(
    await left.readConversation(),
    toTaken(await left.readUsage()),
  );
  await thread.goOn(next, new StoredTurns(next, threads.home, left));
  if (left.turnCount > 0) return;
  const { text: preview } = await left.readPreview();
  thread.change({ preview });
}

/**
 * Takes back the last turns of a thread, in the file that it has.
 *
 * @throws {RpcError} if a turn runs, or there are none to take back.
 */
export async function rollBackThread(
  thread: Thread,
  numTurns: number,
): Promise<void> {
  toIdle(thread);
  thread.journal.append([{
    type: "event_msg",
    payload: { type: "thread_rolled_back", num_turns: numTurns },
  }]);
  const stored = await (thread.past as StoredTurns).open();
  if (stored !== undefined) {
    thread.agent.replace(
      await stored.readConversation(),
      toTaken(await stored.readUsage()),
    );
  }
}

function toIdle(thread: Thread): { rollout: Rollout } {
  if (!thread.isIdle) {
    throw RpcError.invalidRequest(
      "Cannot rollback while a turn is in progress.",
    );
  }
  const { rollout } = thread.journal;
  if (rollout !== undefined) return { rollout };
  throw RpcError.invalidRequest(
    `thread ${thread.threadId} is kept in memory only: it can't be taken back`,
  );
}
