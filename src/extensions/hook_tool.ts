import type { JsonValue } from "../protocol/mod.ts";

/** A tool of an MCP server that a hook calls. */
export interface HookToolCall {
  readonly server: string;
  readonly tool: string;
  readonly input: JsonValue;
  readonly signal: AbortSignal;
}

/** What it answered. */
export interface HookToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}
