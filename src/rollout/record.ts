import type { ResponseItem } from "../model/mod.ts";

/** One line of a rollout, without its time and number. */
export type RolloutRecord =
  | { readonly type: "session_meta"; readonly payload: SessionMeta }
  | { readonly type: "response_item"; readonly payload: ResponseItem }
  | { readonly type: "event_msg"; readonly payload: EventPayload }
  | { readonly type: "turn_context"; readonly payload: OpenPayload }
  | { readonly type: "compacted"; readonly payload: OpenPayload }
  /** Whatever else stands in rollouts; carried along unread. */
  | {
    readonly type: string & { readonly other?: never };
    readonly payload: OpenPayload;
  };

/** Fields as they stand in the file, in snake_case. */
export interface OpenPayload {
  readonly [field: string]: unknown;
}

/** What happened; `type` says what: `task_started`, `item_completed`, … */
export interface EventPayload extends OpenPayload {
  readonly type: string;
}

/** Whose rollout it is; the first record, repeated whenever it changes. */
export interface SessionMeta extends OpenPayload {
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
  readonly cwd: string;
  readonly originator: string;
  readonly cli_version: string;
  readonly source: unknown;
  readonly model_provider?: string;
}
