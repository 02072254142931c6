import type { ResponseItem } from "../model/mod.ts";
import {
  type AgentMessageItem,
  type ReviewTarget,
  uuid7,
} from "../protocol/mod.ts";
import type { SteeringInbox } from "./agent.ts";
import { toContextMessages } from "./_context_messages.ts";
import { Conversation } from "./_conversation.ts";
import { admit, hear } from "./_hooks.ts";
import { converse } from "./_converse.ts";
import { toMessage } from "./_open_item.ts";
import { readReview, showReview } from "./_review_findings.ts";
import {
  reviewerInstructions,
  toReviewHint,
  toReviewPrompt,
} from "./_review_text.ts";
import { Turn } from "./_turn.ts";
import { say, toUserMessage } from "./_user_message.ts";

/**
 * Has what `target` names reviewed in a conversation of its own; only what came
 * of it enters that of the turn. Clients leave the review however it ends.
 */
export async function playReview(
  turn: Turn,
  target: ReviewTarget,
  steering: SteeringInbox,
): Promise<void> {
  const { stage } = turn;
  turn.signal.throwIfAborted();
  stage.completed({
    type: "enteredReviewMode",
    id: uuid7(),
    review: toReviewHint(target),
  });
  const exit = (review: string): void =>
    stage.completed({ type: "exitedReviewMode", id: uuid7(), review });
  let review: string;
  try {
    review = showReview(readReview(await askReviewer(turn, target, steering)));
  } catch (thrown) {
    exit("Reviewer failed to output a response.");
    sayUnfinished(turn);
    throw thrown;
  }
  turn.remember(toUserMessage([{ type: "input_text", text: toNote(review) }]));
  exit(review);
  sayReview(turn, review);
}

async function askReviewer(
  turn: Turn,
  target: ReviewTarget,
  steering: SteeringInbox,
): Promise<string> {
  const { agent, settings } = turn;
  const configured = agent.config.get("review_model");
  const model = typeof configured === "string" ? configured : settings.model;
  const reviewer = new Turn(
    agent,
    new Conversation({
      history: [],
      usage: null,
      compactions: 0,
      lastContext: null,
    }),
    turn.stage,
    {
      ...turn.parts,
      settings: { ...settings, model },
      subagent: "review",
      threadId: uuid7(),
      baseInstructions: reviewerInstructions,
      outputSchema: null,
      isRecorded: false,
      signal: turn.signal,
    },
  );
  try {
    reviewer.remember(...await toContextMessages(reviewer, []));
    const input = [{ type: "text" as const, text: toReviewPrompt(target) }];
    const { isLetIn, contexts } = await admit(reviewer, input);
    if (isLetIn) await say(reviewer, { input, clientUserMessageId: null });
    hear(reviewer, contexts);
    if (!isLetIn) return "";
    reviewer.signal.throwIfAborted();
    await converse(reviewer, steering, { saysAloud: false });
  } catch (thrown) {
    // A person may have stopped it by what they answered a tool.
    if (reviewer.isInterrupted) turn.stop();
    throw thrown;
  } finally {
    reviewer.close();
  }
  return reviewer.lastAgentMessage?.text ?? "";
}

function toNote(review: string): string {
  return `<user_action>
  <context>The user had changes reviewed. This is all that the reviewer found; \
the user may ask to mend some of it.</context>
  <action>review</action>
  <results>
  ${review}
  </results>
</user_action>`;
}

function sayReview(turn: Turn, text: string): void {
  const { message, item } = toWords(text);
  turn.remember(message);
  turn.lastAgentMessage = item;
  turn.stage.completed(item);
}

/** Lets people and the model know that there is no review to wait for. */
function sayUnfinished(turn: Turn): void {
  const { message, item } = toWords(
    "Review was interrupted. Please re-run /review and wait for it to complete.",
  );
  turn.rememberAtLast(message);
  turn.stage.completed(item);
}

/** Words of the agent, as the model and as clients know them. */
function toWords(
  text: string,
): { readonly message: ResponseItem; readonly item: AgentMessageItem } {
  const id = `msg_${uuid7()}`;
  return {
    message: {
      type: "message",
      id,
      role: "assistant",
      content: [{ type: "output_text", text }],
    },
    item: toMessage(id, text, null),
  };
}
