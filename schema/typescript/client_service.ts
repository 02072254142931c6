/**
 * What the server asks of the client itself rather than of its user: to run a
 * tool, to bring tokens, to tell the time.
 *
 * @module
 */
import type { Empty, JsonValue, UnixSeconds } from "./scalar.ts";
import type { DynamicToolCallOutputContentItem } from "./tool.ts";

/** Calls a tool that the client brought along. */
export interface DynamicToolCallParams {
  /** Thread that it is in. */
  threadId: string;
  /** Turn that it is in. */
  turnId: string;
  /** The model's call. */
  callId: string;
  /** Common name that the tool stands under. */
  namespace: string | null;
  /** The tool. */
  tool: string;
  /** What the model gave it. */
  arguments: JsonValue;
}

/** What the tool gave back. */
export interface DynamicToolCallResponse {
  /** It, in pieces. */
  contentItems: DynamicToolCallOutputContentItem[];
  /** Whether it worked. */
  success: boolean;
}

/** Why tokens are asked for: the old ones were refused. */
export type ChatgptAuthTokensRefreshReason = "unauthorized";

/** Asks for fresh tokens that the client keeps. */
export interface ChatgptAuthTokensRefreshParams {
  /** Why. */
  reason: ChatgptAuthTokensRefreshReason;
  /** Account that the old ones were for. */
  previousAccountId?: string | null;
}

/** Fresh tokens. */
export interface ChatgptAuthTokensRefreshResponse {
  /** The token. */
  accessToken: string;
  /** Account that it is for. */
  chatgptAccountId: string;
  /** Plan of that account. */
  chatgptPlanType?: string | null;
}

/** Asks for an attestation of the client. */
export type AttestationGenerateParams = Empty;

/** The attestation. */
export interface AttestationGenerateResponse {
  /** As the model provider wants it. */
  token: string;
}

/** Asks what time it is for the client. */
export interface CurrentTimeReadParams {
  /** Thread that wants to know. */
  threadId: string;
}

/** What time it is. */
export interface CurrentTimeReadResponse {
  /** The time. */
  currentTimeAt: UnixSeconds;
}
