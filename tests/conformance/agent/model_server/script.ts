import type { Json, JsonObject } from "../../json.ts";

/** One scripted answer to a model request; the first that fits is taken. */
export interface ScriptEntry {
  /** Only for requests whose body contains this text. */
  readonly when?: string;
  /** Stays in the script after it was taken. */
  readonly repeat?: boolean;
  /** Time in ms before the answer begins. */
  readonly delay?: number;
  /** What the model says, as a stream of events. */
  readonly items?: readonly ScriptItem[];
  /** Id of the response. */
  readonly id?: string;
  /** False: no `response.created` at the start. */
  readonly created?: boolean;
  /** False: the stream ends without `response.completed`. */
  readonly completed?: boolean;
  readonly end_turn?: boolean;
  readonly usage?: Usage;
  /** `response.failed` with this error at the end. */
  readonly fail?: JsonObject;
  /** `response.incomplete` for this reason at the end. */
  readonly incomplete?: string;
  /** A plain HTTP answer with this status in place of a stream. */
  readonly status?: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** A plain 200 answer with this JSON. */
  readonly json?: Json;
}

/** Token counts that `response.completed` reports. */
export interface Usage {
  readonly input?: number;
  readonly output?: number;
  readonly total?: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

/** One thing the model says, or something that happens to the stream. */
export type ScriptItem =
  & { readonly id?: string }
  & (
    | {
      readonly text: string;
      readonly deltas?: readonly string[];
      /** Time in ms after each delta. */
      readonly gap?: number;
      readonly phase?: string;
    }
    | {
      readonly reasoning: readonly string[];
      readonly raw?: readonly string[];
      readonly encrypted?: string;
    }
    | {
      readonly call: string;
      /** Arguments; a string is sent as it is. */
      readonly args?: Json;
      readonly call_id: string;
      readonly namespace?: string;
    }
    | {
      readonly custom: string;
      readonly input: string;
      readonly call_id: string;
      readonly deltas?: readonly string[];
    }
    | {
      readonly local_shell: readonly string[];
      readonly call_id: string;
      readonly timeout_ms?: number;
    }
    | { readonly web_search: string }
    /** An event as it is. */
    | { readonly event: JsonObject }
    /** Bytes of the stream as they are. */
    | { readonly line: string }
    | { readonly sleep: number }
    /** Waits until the case opens the gate. */
    | { readonly gate: string }
    /** Keeps the stream open and says no more. */
    | { readonly stall: true }
    /** Breaks the connection. */
    | { readonly drop: true }
  );
