/**
 * Items that are words: of the user, of hooks, of the model; and the marks of
 * reviews and shortened contexts between them.
 *
 * @module
 */
import type { Uint } from "./scalar.ts";
import type { ItemTimes } from "./item_times.ts";
import type { UserInput } from "./user_input.ts";

/** What the user said. */
export interface UserMessageItem extends ItemTimes {
  /** Tag of this kind. */
  type: "userMessage";
  /** Its id. */
  id: string;
  /** The client's own id for it, from `clientUserMessageId`. */
  clientId: string | null;
  /** What was said. */
  content: UserInput[];
}

/** A text that a hook added for the model. */
export interface HookPromptFragment {
  /** The text. */
  text: string;
  /** Run of the hook that it is from. */
  hookRunId: string;
}

/** What hooks added for the model. */
export interface HookPromptItem extends ItemTimes {
  /** Tag of this kind. */
  type: "hookPrompt";
  /** Its id. */
  id: string;
  /** The texts. */
  fragments: HookPromptFragment[];
}

/**
 * What a message of the model is for: a remark on the way, a part of the
 * answer, the answer. Not every provider says.
 */
export type MessagePhase = "commentary" | "partial_answer" | "final_answer";

/** How a moderated message is to be shown. */
export interface AgentMessageDisplay {
  /** What to do; unknown ones are for the client that made them. */
  action: string;
  /** Kind of block. */
  blockType: string | null;
  /** Whether trusted access for security work applies. */
  cyberTrustedAccess: boolean | null;
  /** Whether trusted contacts are to be asked. */
  checkTrustedContacts: boolean | null;
}

/** What moderation says about a message. */
export interface AgentMessageModeration {
  /** Whether it was held back. */
  moderated: boolean;
  /** How to show it then. */
  display: AgentMessageDisplay | null;
}

/** A place in a memory that the model drew on. */
export interface MemoryCitationEntry {
  /** File of the memory. */
  path: string;
  /** First line, from 1. */
  lineStart: Uint;
  /** Last line. */
  lineEnd: Uint;
  /** Why it counts. */
  note: string;
}

/** What memories the model drew on. */
export interface MemoryCitation {
  /** The places. */
  entries: MemoryCitationEntry[];
  /** Threads that they come from. */
  threadIds: string[];
}

/** A question that does not stop the work. */
export interface AsyncUserInputQuestion {
  /** The question. */
  title: string;
  /** Answers to choose from. */
  options: string[] | null;
}

/** That a message was sent while the work goes on. */
export type AgentMessageDelivery = "async";

/** What the model said. */
export interface AgentMessageItem extends ItemTimes {
  /** Tag of this kind. */
  type: "agentMessage";
  /** What moderation says about it. */
  moderation: AgentMessageModeration | null;
  /** Its id. */
  id: string;
  /** The text so far. */
  text: string;
  /** What it is for, if the provider says. */
  phase: MessagePhase | null;
  /** What memories it draws on. */
  memoryCitation: MemoryCitation | null;
  /** Whether it was sent while the work goes on. */
  delivery: AgentMessageDelivery | null;
  /** Questions in it. */
  questions: AsyncUserInputQuestion[] | null;
}

/** A plan, in plan mode. */
export interface PlanItem extends ItemTimes {
  /** Tag of this kind. */
  type: "plan";
  /** Its id. */
  id: string;
  /** The text so far. */
  text: string;
}

/** What the model thought. */
export interface ReasoningItem extends ItemTimes {
  /** Tag of this kind. */
  type: "reasoning";
  /** Its id. */
  id: string;
  /** Its summary, in parts. */
  summary: string[];
  /** The thoughts themselves, if the provider shows them. */
  content: string[];
}

/** A review begins. */
export interface EnteredReviewModeItem extends ItemTimes {
  /** Tag of this kind. */
  type: "enteredReviewMode";
  /** Its id. */
  id: string;
  /** What is reviewed, for people. */
  review: string;
}

/** A review ends. */
export interface ExitedReviewModeItem extends ItemTimes {
  /** Tag of this kind. */
  type: "exitedReviewMode";
  /** Its id. */
  id: string;
  /** What was found, for people. */
  review: string;
}

/** The context was shortened. */
export interface ContextCompactionItem extends ItemTimes {
  /** Tag of this kind. */
  type: "contextCompaction";
  /** Its id. */
  id: string;
}
