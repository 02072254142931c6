import type { ThreadItem } from "../protocol/mod.ts";
import { toItemRecords } from "./to_item_records.ts";
import type { RolloutRecord, SessionMeta } from "./record.ts";

/** Ids in the order of time. */
export function uuid(number: number): string {
  return `01a1feff-0000-7000-8000-${`${number}`.padStart(12, "0")}`;
}

/** Metadata of a thread. */
export function createMeta(
  id: string,
  fields: Partial<SessionMeta> = {},
): SessionMeta {
  return {
    session_id: id,
    id,
    timestamp: "2026-11-21T16:11:51.394Z",
    cwd: "/work",
    originator: "test",
    cli_version: "0.169.0",
    source: "vscode",
    model_provider: "mock",
    history_mode: "paginated",
    ...fields,
  };
}

/** An item as it is read back. */
export function userMessage(id: string, text: string): ThreadItem {
  return {
    type: "userMessage",
    id,
    clientId: null,
    content: [{ type: "text", text, text_elements: [] }],
    startedAtMs: 1,
    completedAtMs: 2,
  };
}

/** An item as it is read back. */
export function agentMessage(id: string, text: string): ThreadItem {
  return {
    type: "agentMessage",
    moderation: null,
    id,
    text,
    phase: null,
    memoryCitation: null,
    delivery: null,
    questions: null,
    startedAtMs: 3,
    completedAtMs: 4,
  };
}

/** An `event_msg`. */
export function event(
  type: string,
  fields: Record<string, unknown> = {},
): RolloutRecord {
  return { type: "event_msg", payload: { type, ...fields } };
}

/** A message of the conversation. */
export function said(role: "user" | "assistant", text: string): RolloutRecord {
  return {
    type: "response_item",
    payload: {
      type: "message",
      role,
      content: [
        role === "user"
          ? { type: "input_text", text }
          : { type: "output_text", text },
      ],
    },
  };
}

/** Records with which a turn begins. */
export function startTurn(
  threadId: string,
  turnId: string,
  text: string,
): RolloutRecord[] {
  return [
    event("task_started", {
      turn_id: turnId,
      root_turn_id: turnId,
      started_at: 100,
    }),
    { type: "turn_context", payload: { turn_id: turnId, model: text } },
    said("user", text),
    ...toItemRecords(threadId, turnId, userMessage(`u-${turnId}`, text)),
  ];
}

/** Records with which a turn ends well. */
export function endTurn(
  threadId: string,
  turnId: string,
  text: string,
): RolloutRecord[] {
  return [
    said("assistant", text),
    ...toItemRecords(threadId, turnId, agentMessage(`a-${turnId}`, text)),
    event("task_complete", {
      turn_id: turnId,
      completed_at: 101,
      duration_ms: 1000,
    }),
  ];
}

/** A directory that goes away with the test. */
export async function createHome(): Promise<
  { readonly path: string } & AsyncDisposable
> {
  const path = await Deno.makeTempDir({ prefix: "rollout-" });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}
