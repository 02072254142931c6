import { type ReviewTarget, RpcError, type Turn } from "../protocol/mod.ts";
import { toReviewHint } from "../agent/mod.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/**
 * What is to be reviewed, without blanks around it.
 *
 * @throws {RpcError} if that is nothing.
 */
export function toTarget(target: ReviewTarget): ReviewTarget {
  const trim = (name: string, text: string): string => {
    const trimmed = text.trim();
    if (trimmed !== "") return trimmed;
    throw RpcError.invalidRequest(`${name} must not be empty`);
  };
  switch (target.type) {
    case "custom": {
      const { instructions } = target;
      return { ...target, instructions: trim("instructions", instructions) };
    }
    case "commit": {
      const title = target.title?.trim() || null;
      return { ...target, sha: trim("sha", target.sha), title };
    }
    case "baseBranch":
      return { ...target, branch: trim("branch", target.branch) };
    case "uncommittedChanges":
      return target;
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
