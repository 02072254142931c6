/**
 * Items of the Responses API, as they go to a model and come from it. They are
 * stored in rollouts word for word, so unknown types and fields are carried
 * along unread.
 *
 * @module
 */

/** A piece of a message. */
export type ContentPart =
  | { type: "input_text"; text: string }
  | { type: "output_text"; text: string }
  | { type: "input_image"; image_url: string; detail?: string };

/** Something that was said. */
export interface ResponseMessage {
  type: "message";
  id?: string;
  role: "user" | "assistant" | "developer" | "system";
  content: ContentPart[];
  phase?: string | null;
}

/** What the model thought. */
export interface ResponseReasoning {
  type: "reasoning";
  id?: string;
  summary: { type: "summary_text"; text: string }[];
  content?: { type: "reasoning_text" | "text"; text: string }[] | null;
  encrypted_content?: string | null;
}

/** A call of a tool whose arguments are JSON text. */
export interface ResponseFunctionCall {
  type: "function_call";
  id?: string;
  name: string;
  namespace?: string | null;
  /** JSON text, or whatever the model wrote in its place. */
  arguments: string;
  call_id: string;
}

/** What a tool gives back: text, or pieces of text and images. */
export type ResponseOutput =
  | string
  | (
    | { type: "input_text"; text: string }
    | { type: "input_image"; image_url: string; detail?: string }
  )[];

/** The answer to a function call. */
export interface ResponseFunctionCallOutput {
  type: "function_call_output";
  id?: string;
  call_id: string;
  output: ResponseOutput;
}

/** A call of a tool that takes free text. */
export interface ResponseCustomToolCall {
  type: "custom_tool_call";
  id?: string;
  call_id: string;
  name: string;
  input: string;
  status?: string;
}

/** The answer to a custom tool call. */
export interface ResponseCustomToolCallOutput {
  type: "custom_tool_call_output";
  id?: string;
  call_id: string;
  output: ResponseOutput;
}

/** A search that the provider made by itself. */
export interface ResponseWebSearchCall {
  type: "web_search_call";
  id?: string;
  status?: string;
  action?: Record<string, unknown> | null;
}

/** Any other item: `local_shell_call`, `compaction`, what comes to be. */
export interface ResponseOther {
  type: string & { readonly other?: never };
  id?: string;
  [field: string]: unknown;
}

/** An item whose type is known here. */
export type KnownResponseItem =
  | ResponseMessage
  | ResponseReasoning
  | ResponseFunctionCall
  | ResponseFunctionCallOutput
  | ResponseCustomToolCall
  | ResponseCustomToolCallOutput
  | ResponseWebSearchCall;

/** An item of the conversation with a model. */
export type ResponseItem = KnownResponseItem | ResponseOther;

const known: ReadonlySet<string> = new Set<KnownResponseItem["type"]>([
  "message",
  "reasoning",
  "function_call",
  "function_call_output",
  "custom_tool_call",
  "custom_tool_call_output",
  "web_search_call",
]);

/** Whether the fields of an item can be relied on by its type. */
export function isKnown(item: ResponseItem): item is KnownResponseItem {
  return known.has(item.type);
}
