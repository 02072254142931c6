/**
 * Items: what happens in a turn, one after the other. Every item has an id that
 * is unique in its thread, and its state of the moment; it is sent whole when it
 * starts and again when it is complete.
 *
 * @module
 */
import type {
  CollabAgentToolCallItem,
  DynamicToolCallItem,
  FunctionCallOutputItem,
  McpToolCallItem,
  SubAgentActivityItem,
} from "./item_call.ts";
import type {
  CommandExecutionItem,
  FileChangeItem,
  SleepItem,
} from "./item_command.ts";
import type {
  ImageGenerationItem,
  ImageViewItem,
  WebSearchItem,
} from "./item_media.ts";
import type {
  AgentMessageItem,
  ContextCompactionItem,
  EnteredReviewModeItem,
  ExitedReviewModeItem,
  HookPromptItem,
  PlanItem,
  ReasoningItem,
  UserMessageItem,
} from "./item_message.ts";

/** One thing that happens in a turn. */
export type ThreadItem =
  | UserMessageItem
  | HookPromptItem
  | AgentMessageItem
  | FunctionCallOutputItem
  | PlanItem
  | ReasoningItem
  | CommandExecutionItem
  | FileChangeItem
  | McpToolCallItem
  | DynamicToolCallItem
  | CollabAgentToolCallItem
  | SubAgentActivityItem
  | WebSearchItem
  | ImageViewItem
  | SleepItem
  | ImageGenerationItem
  | EnteredReviewModeItem
  | ExitedReviewModeItem
  | ContextCompactionItem;
