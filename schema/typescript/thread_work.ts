/**
 * What a client does with a thread beside its turns: shorten it, run a command
 * of the user, look after what runs in the background, ask on the side.
 *
 * @module
 */
import type { Empty, Int64, JsonValue, Path, Uint, Uint32 } from "./scalar.ts";
import type { ReasoningEffort, ThreadSource } from "./session.ts";

/** Id of a request, as it stands in its message. */
export type MessageId = string | Int64;

/** Shortens the context of a thread; a turn of its own does it. */
export interface ThreadCompactStartParams {
  /** The thread. */
  threadId: string;
}

/** That turn will come. */
export type ThreadCompactStartResponse = Empty;

/** Runs the user's own shell command within a thread, outside the sandbox. */
export interface ThreadShellCommandParams {
  /** The thread. */
  threadId: string;
  /** The command line, for the user's shell. */
  command: string;
  /** Milliseconds after which it is killed, at least 0. Default one hour. */
  timeoutMs?: Int64 | null;
}

/** It was taken on; its item tells the rest. */
export type ThreadShellCommandResponse = Empty;

/** Adds items to what the model sees. */
export interface ThreadInjectItemsParams {
  /** The thread. */
  threadId: string;
  /** Items of the Responses API. */
  items: JsonValue[];
}

/** They are there. */
export type ThreadInjectItemsResponse = Empty;

/** Ends the terminals that a thread left running. */
export interface ThreadBackgroundTerminalsCleanParams {
  /** The thread. */
  threadId: string;
}

/** They were told to end. */
export type ThreadBackgroundTerminalsCleanResponse = Empty;

/** Lists the terminals that a thread left running. */
export interface ThreadBackgroundTerminalsListParams {
  /** The thread. */
  threadId: string;
  /** Where to go on, from the answer before. */
  cursor?: string | null;
  /** Longest number of them. */
  limit?: Uint32 | null;
}

/** A terminal that runs. */
export interface ThreadBackgroundTerminal {
  /** Item of its command. */
  itemId: string;
  /** Its name. */
  processId: string;
  /** The command line. */
  command: string;
  /** Where it runs. */
  cwd: Path;
  /** Its process on the server's machine. */
  osPid: Uint32 | null;
  /** How much of a processor it uses, in percent. */
  cpuPercent: number | null;
  /** Memory that it uses, in KiB. */
  rssKb: Uint | null;
}

/** Terminals that run. */
export interface ThreadBackgroundTerminalsListResponse {
  /** They. */
  data: ThreadBackgroundTerminal[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Ends one of them. */
export interface ThreadBackgroundTerminalsTerminateParams {
  /** The thread. */
  threadId: string;
  /** Name of the terminal. */
  processId: string;
}

/** What came of it. */
export interface ThreadBackgroundTerminalsTerminateResponse {
  /** Whether it was there to be ended. */
  terminated: boolean;
}

/** Asks the model beside a thread, without adding to it. */
export interface ThreadSampleParams {
  /** The thread. */
  threadId: string;
  /** Turn that must be its latest. */
  expectedTurnId: string;
  /** Whether that turn may still run. Default false. */
  allowInProgressTurn?: boolean;
  /** What to ask. */
  prompt: string;
  /** How hard the model thinks. */
  effort?: ReasoningEffort | null;
  /** What it is asked for. */
  threadSource?: ThreadSource | null;
  /** What made the client ask. */
  turnTrigger?: string | null;
  /** Notes for the model provider. */
  responsesapiClientMetadata?: { [name: string]: string } | null;
  /** Do without MCP servers. Default false. */
  disableMcp?: boolean;
  /** Tell the provider when it is given up. Default: as the thread does. */
  interruptOnCancel?: boolean | null;
}

/** What the model said. */
export interface ThreadSampleResponse {
  /** Turn that it was asked beside. */
  sourceTurnId: string;
  /** The provider's name for the answer. */
  responseId: string;
  /** The answer; null if the model wanted a tool or said nothing. */
  text: string | null;
  /** Tokens that went in. */
  inputTokens: Uint | null;
  /** Those of them that the provider still had. */
  cachedInputTokens: Uint | null;
  /** Tokens that came out. */
  outputTokens: Uint | null;
}

/**
 * Gives up such a question.
 *
 * @closed
 */
export interface ThreadSampleCancelParams {
  /** Id of the request. */
  requestId: MessageId;
}

/** It was given up, or was none. */
export type ThreadSampleCancelResponse = Empty;

/** Asks what the user may say next. */
export interface ThreadPredictionRequestParams {
  /** The thread. */
  threadId: string;
  /** Turn after which. */
  sourceTurnId: string;
}

/** The guess comes as a notification. */
export type ThreadPredictionRequestResponse = Empty;

/** Readies a new thread to carry out an approved plan. */
export interface ThreadPrepareApprovedPlanParams {
  /** The thread. */
  threadId: string;
  /** The plan. */
  markdown: string;
  /** File with the plan. */
  attachmentPath?: string | null;
}

/** What to start the first turn with. */
export interface ThreadPrepareApprovedPlanResponse {
  /** The words. */
  prompt: string;
}

/** Counts one more question that waits for a person. */
export interface ThreadIncrementElicitationParams {
  /** The thread. */
  threadId: string;
}

/** How many wait now. */
export interface ThreadIncrementElicitationResponse {
  /** How many. */
  count: Uint;
  /** Whether timeouts stand still. */
  paused: boolean;
}

/** Counts one less. */
export interface ThreadDecrementElicitationParams {
  /** The thread. */
  threadId: string;
}

/** How many wait now. */
export interface ThreadDecrementElicitationResponse {
  /** How many. */
  count: Uint;
  /** Whether timeouts still stand still. */
  paused: boolean;
}
