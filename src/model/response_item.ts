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
  /** What it is. */
  type: "message";
  /** Its id at the provider. */
  id?: string;
  /** Whose words these are. */
  role: "user" | "assistant" | "developer" | "system";
  /** What was said. */
  content: ContentPart[];
  /** Which part of an answer it is. */
  phase?: string | null;
}

/** What the model thought. */
export interface ResponseReasoning {
  /** What it is. */
  type: "reasoning";
  /** Its id at the provider. */
  id?: string;
  /** What the user may read of it. */
  summary: { type: "summary_text"; text: string }[];
  /** The thoughts themselves, where a provider shows them. */
  content?: { type: "reasoning_text" | "text"; text: string }[] | null;
  /** The thoughts, for the provider alone. */
  encrypted_content?: string | null;
}

/** A call of a tool whose arguments are JSON text. */
export interface ResponseFunctionCall {
  /** What it is. */
  type: "function_call";
  /** Its id at the provider. */
  id?: string;
  /** The tool. */
  name: string;
  /** Where the tool stands. */
  namespace?: string | null;
  /** JSON text, or whatever the model wrote in its place. */
  arguments: string;
  /** Joins a call and its answer. */
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
  /** What it is. */
  type: "function_call_output";
  /** Its id at the provider. */
  id?: string;
  /** Joins a call and its answer. */
  call_id: string;
  /** What the tool gave back. */
  output: ResponseOutput;
}

/** A call of a tool that takes free text. */
export interface ResponseCustomToolCall {
  /** What it is. */
  type: "custom_tool_call";
  /** Its id at the provider. */
  id?: string;
  /** Joins a call and its answer. */
  call_id: string;
  /** The tool. */
  name: string;
  /** What the model wrote for it. */
  input: string;
  /** How far it is. */
  status?: string;
}

/** The answer to a custom tool call. */
export interface ResponseCustomToolCallOutput {
  /** What it is. */
  type: "custom_tool_call_output";
  /** Its id at the provider. */
  id?: string;
  /** Joins a call and its answer. */
  call_id: string;
  /** What the tool gave back. */
  output: ResponseOutput;
}

/** A search that the provider made by itself. */
export interface ResponseWebSearchCall {
  /** What it is. */
  type: "web_search_call";
  /** Its id at the provider. */
  id?: string;
  /** How far it is. */
  status?: string;
  /** What was searched for. */
  action?: Record<string, unknown> | null;
}

/** Any other item: `local_shell_call`, `compaction`, what comes to be. */
export interface ResponseOther {
  /** What it is. */
  type: string & { readonly other?: never };
  /** Its id at the provider. */
  id?: string;
  /** All else, unread. */
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
