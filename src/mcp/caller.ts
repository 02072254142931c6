import type { ElicitRequest } from "@modelcontextprotocol/sdk/types";
import type {
  JsonValue,
  McpServerElicitationRequestResponse,
} from "../protocol/mod.ts";

/** A question of a server, as it came. */
export type Elicitation = ElicitRequest["params"];

/** What came of a tool (MCP `CallToolResult`). */
export interface CallResult {
  readonly content: JsonValue[];
  readonly structuredContent?: JsonValue;
  readonly isError?: boolean;
  readonly _meta?: JsonValue;
}

/** Who calls a tool: hears how far it is, and is asked what the server asks. */
export interface Caller {
  readonly signal: AbortSignal;
  /** Notes for the server. */
  readonly meta?: Readonly<Record<string, JsonValue>> | undefined;
  /** How far it is. */
  progress?(message: string): void;
  /** Answers a question of the server. */
  elicit(
    asked: Elicitation,
    signal: AbortSignal,
  ): Promise<McpServerElicitationRequestResponse>;
}
