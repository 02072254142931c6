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
  /** By name. */
  readonly [field: string]: unknown;
}

/** What happened; `type` says what: `task_started`, `item_completed`, … */
export interface EventPayload extends OpenPayload {
  /** Which kind. */
  readonly type: string;
}

/**
 * Where a history begins: what stands in another file, up to a place, comes
 * before what stands in this one.
 */
export interface HistoryBase extends OpenPayload {
  /** Segment that comes before: a thread's id, or that of a later file of it. */
  readonly thread_id: string;
  /** Number of the first record there that no longer counts. */
  readonly end_ordinal_exclusive: number;
  /** Where that record begins, in bytes. */
  readonly end_byte_offset: number;
}

/** Whose rollout it is; the first record, repeated whenever it changes. */
export interface SessionMeta extends OpenPayload {
  /** The thread. */
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
  /** Where it works. */
  readonly cwd: string;
  /** Client that it was started by. */
  readonly originator: string;
  /** Version of the server that it was started by. */
  readonly cli_version: string;
  /** Kind of client; `vscode` for all of this protocol. */
  readonly source: unknown;
  /** Who is asked, by its id in the configuration. */
  readonly model_provider?: string;
  /** Thread that this one is a fork of. */
  readonly forked_from_id?: string;
  /** Number of the first record there that is not in this one. */
  readonly forked_from_ordinal_exclusive?: number;
  /** Whether it hangs on that thread, and shows none of its turns. */
  readonly attached_thread?: boolean;
  /** `paginated`, or `legacy` if it is missing. */
  readonly history_mode?: string;
  /** What comes before; missing if this file is the whole history. */
  readonly history_base?: HistoryBase;
}
