import { type ReviewTarget, RpcError, type Turn } from "../protocol/mod.ts";
import { toReviewHint } from "../agent/mod.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** @throws {RpcError} if it says nothing of what is to be reviewed. */
export function checkTarget(target: ReviewTarget): void {
  const empty = (name: string) =>
    RpcError.invalidRequest(`${name} must not be empty`);
  switch (target.type) {
    case "custom":
      if (target.instructions.trim() === "") throw empty("instructions");
      return;
    case "commit":
      if (target.sha.trim() === "") throw empty("sha");
      return;
    case "baseBranch":
      if (target.branch.trim() === "") throw empty("branch");
  }
}

/**
 * Begins a review. Call `warnOfModel` and `play` of the thread once the client
 * knows of it.
 */
export function startReview(
  threads: Threads,
  thread: Thread,
  target: ReviewTarget,
): Turn {
  const id = threads.nextId();
  thread.begin(id, id, {
    kind: "review",
    said: { input: [], clientUserMessageId: null },
    play: (turn) =>
      thread.agent.review(target, thread.settings, turn, {
        signal: turn.controller.signal,
        steering: turn,
      }),
  });
  return {
    id,
    rootTurnId: null,
    items: [{
      type: "userMessage",
      id,
      clientId: null,
      content: [{
        type: "text",
        text: toReviewHint(target),
        text_elements: [],
      }],
      startedAtMs: null,
      completedAtMs: null,
    }],
    itemsView: "notLoaded",
    status: "inProgress",
    error: null,
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
}
