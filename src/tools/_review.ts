import type {
  GuardianApprovalReview,
  GuardianApprovalReviewAction,
} from "../protocol/mod.ts";
import type { Answer } from "./_answer.ts";
import type { ToolContext } from "./tool.ts";
import type { Reviewer } from "./toolbox.ts";

/** What a reviewer is to judge. */
export interface ReviewOrder {
  readonly action: GuardianApprovalReviewAction;
  readonly reason: string | null;
  readonly itemId: string;
  /** Tells people of the item, before anything is told of its review. */
  readonly show: () => void;
}

/**
 * Asks a reviewer in place of people, and tells them of it.
 *
 * @returns Nothing if people are to be asked.
 * @throws {unknown} the signal's reason.
 */
export async function review(
  reviewer: Reviewer | undefined,
  context: ToolContext,
  { action, reason, itemId, show }: ReviewOrder,
): Promise<Answer | undefined> {
  const { stage, settings, signal } = context;
  if (settings.approvalsReviewer === "user") return undefined;
  show();
  const { threadId, turnId } = stage;
  const startedAtMs = Date.now();
  const reviewId = crypto.randomUUID();
  const about = {
    threadId,
    turnId,
    startedAtMs,
    reviewId,
    targetItemId: itemId,
    action,
  };
  const complete = (review: GuardianApprovalReview) =>
    stage.tell("item/autoApprovalReview/completed", {
      ...about,
      completedAtMs: Date.now(),
      decisionSource: "agent",
      review,
    });
  stage.tell("item/autoApprovalReview/started", {
    ...about,
    review: {
      status: "inProgress",
      riskLevel: null,
      userAuthorization: null,
      rationale: null,
    },
  });
  const { found, isApproved, message } = await judge(
    reviewer,
    { action, reason, stage, settings },
    signal,
  );
  if (signal.aborted) {
    complete({ ...found, status: "aborted" });
    throw signal.reason;
  }
  stage.tell("guardianWarning", { threadId, message });
  complete(found);
  if (isApproved) return "accept";
  return {
    denied: "This action was rejected by the automatic review.\nReason: " +
      `${found.rationale ?? "none was given"}\n` +
      "Do not try to get the same done in another way. Go on with " +
      "something that is clearly safer, or tell the user of the risk and " +
      "wait until they agree.",
  };
}

/** What a reviewer says; a no if it fails. */
async function judge(
  reviewer: Reviewer | undefined,
  question: Parameters<Reviewer["review"]>[0],
  signal: AbortSignal,
): Promise<
  { found: GuardianApprovalReview; isApproved: boolean; message: string }
> {
  try {
    if (reviewer === undefined) throw new Error("there is no reviewer");
    const { isApproved, review } = await reviewer.review(question, {
      signal,
    });
    const status = isApproved ? "approved" : "denied";
    const { riskLevel, userAuthorization, rationale } = review;
    const message = `Automatic approval review ${status} (risk: ${
      riskLevel ?? "unknown"
    }, authorization: ${userAuthorization ?? "unknown"}): ${rationale ?? ""}`;
    return { isApproved, found: { ...review, status }, message };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `Automatic approval review failed: ${why}`;
    return {
      isApproved: false,
      message,
      found: {
        status: "denied",
        riskLevel: null,
        userAuthorization: null,
        rationale: message,
      },
    };
  }
}
