/**
 * The format of scripts for the offline provider; docs/offline-model.md tells
 * of it. In JSON, with comments if one likes:
 *
 * ```jsonc
 * {
 *   "scope": "thread",
 *   "responses": [
 *     { "when": "build", "output": [{ "call": "exec_command", "arguments": { "cmd": "make" } }] },
 *     { "output": [{ "say": "Done" }], "usage": { "input": 10, "output": 2 } },
 *     { "failure": { "status": 503 }, "repeat": 2 },
 *     { "output": [{ "say": "That was all" }], "repeat": true }
 *   ]
 * }
 * ```
 *
 * @module
 */

/** A script. */
export interface Script {
  /** Who goes through it: each thread by itself, or all of them together. */
  readonly scope: "thread" | "server";
  readonly responses: readonly ScriptedResponse[];
}

/** What a model answers once. */
export interface ScriptedResponse {
  /** Which requests it is for; text is short for `{ "user": text }`. */
  readonly when?: ScriptedMatch;
  /** Milliseconds before the answer begins. */
  readonly waitMs?: number;
  /** How often it is given; true for ever. Once if nothing is said. */
  readonly repeat?: number | true;
  readonly output?: readonly ScriptedOutput[];
  readonly usage?: ScriptedUsage;
  readonly failure?: ScriptedFailure;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** False to be called again in the same turn. */
  readonly endTurn?: boolean;
}

/** What a request must have; all of it. */
export interface ScriptedMatch {
  /** Text within the last message of the user. */
  readonly user?: string;
  /** Id of the call that the last item of the conversation answers. */
  readonly answers?: string;
  /** Text within that answer. */
  readonly output?: string;
  /** Slug of the model. */
  readonly model?: string;
  /** Text anywhere in the request. */
  readonly body?: string;
}

/** A step of an answer. */
export type ScriptedOutput =
  | {
    readonly say: string;
    readonly deltas?: readonly string[];
    readonly everyMs?: number;
    readonly phase?: string;
    readonly id?: string;
  }
  | {
    readonly think: readonly string[];
    readonly raw?: readonly string[];
    readonly everyMs?: number;
    readonly id?: string;
  }
  | {
    readonly call: string;
    readonly arguments?: string | Readonly<Record<string, unknown>>;
    readonly namespace?: string;
    readonly callId?: string;
    readonly id?: string;
  }
  | {
    readonly custom: string;
    readonly input: string;
    readonly deltas?: readonly string[];
    readonly everyMs?: number;
    readonly callId?: string;
    readonly id?: string;
  }
  | { readonly search: string; readonly id?: string }
  | { readonly item: Readonly<Record<string, unknown>> }
  | { readonly event: Readonly<Record<string, unknown>> }
  | { readonly waitMs: number }
  | { readonly drop: true }
  | { readonly hang: true };

/** What a response took; what is left out is 0. */
export interface ScriptedUsage {
  readonly input?: number;
  readonly cached?: number;
  readonly cacheWrite?: number;
  readonly output?: number;
  readonly reasoning?: number;
  readonly total?: number;
}

/** How a response fails: as HTTP, or at the end of its stream. */
export type ScriptedFailure =
  | { readonly status: number; readonly body?: unknown }
  | { readonly code: string; readonly message?: string }
  | { readonly incomplete: string };
