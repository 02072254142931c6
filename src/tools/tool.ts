import type { ModelFacts, ResponseOutput, ToolSpec } from "../model/mod.ts";
import type { JsonValue, ThreadSettings } from "../protocol/mod.ts";
import type { Stage } from "./stage.ts";

/** A call as the model made it. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** Arguments as JSON text, or free text of a custom tool. */
  readonly input: string;
  readonly kind: "function" | "custom";
}

/** Something that needs consent, as hooks know it. */
export interface PermissionQuestion {
  readonly callId: string;
  /** Name of the tool, as hooks call it. */
  readonly name: string;
  readonly input: JsonValue;
}

/** What hooks say to it: that it may be done, or why not. */
export type PermissionAnswer = "allow" | { readonly denied: string };

/** What a call is made in. */
export interface ToolContext {
  readonly stage: Stage;
  /** How the turn is set up. */
  readonly settings: ThreadSettings;
  /** What the model is that calls. */
  readonly model: ModelFacts;
  /** Aborted when the turn is interrupted. */
  readonly signal: AbortSignal;
  /**
   * Asks hooks before anybody else is asked; nothing if they leave it open.
   * Default: there are none.
   *
   * @throws {unknown} the signal's reason.
   */
  readonly consult?: (
    question: PermissionQuestion,
  ) => Promise<PermissionAnswer | undefined>;
}

/** What the model is answered. */
export interface ToolOutput {
  readonly output: ResponseOutput;
  /** False if the call failed; the text says why. */
  readonly isSuccess: boolean;
  /**
   * What hooks are told of it; null if they are told nothing. Default: the
   * output, if the call did not fail.
   */
  readonly response?: JsonValue | null;
  /** What the model is told as a developer's message behind the outputs. */
  readonly note?: string;
  /** Ends the turn as interrupted: a person said `cancel`. */
  readonly endsTurn?: boolean;
}

/** Something that a model can call. Lives as long as its thread is loaded. */
export interface Tool {
  /** Its name, and that of the namespace it stands in. */
  readonly name: string;
  readonly namespace?: string;
  /** How the model is told of it; nothing if it is not to be called. */
  spec(context: ToolSurroundings): ToolSpec | undefined;
  /** Whether models have to search for it. Default: they are told of it. */
  isDeferred?(context: ToolSurroundings): boolean;
  /** Whether calls of one response may run side by side. */
  readonly isParallel: boolean;
  /**
   * Does it. What is wrong with the call is said in the output: it throws only
   * when the turn can't go on.
   */
  call(call: ToolCall, context: ToolContext): Promise<ToolOutput>;
}

/** What decides whether a tool is offered. */
export interface ToolSurroundings {
  readonly settings: ThreadSettings;
  readonly model: ModelFacts;
}

/** JSON that a tool was given, read. */
export type ToolArguments = { readonly [name: string]: JsonValue };
