import type { SandboxPolicy } from "../protocol/mod.ts";
import { isOwnProfile } from "../tools/mod.ts";
import type { Turn } from "./_turn.ts";

/** When in the life of a thread a conversation is compacted. */
export type CompactionPhase = "standalone_turn" | "pre_turn" | "mid_turn";

/** What a request is for: to go on, or to compact the conversation. */
export type RequestPurpose = "turn" | CompactionPhase;

/** Names of what is said of every request; clients can't set them. */
const modes: Readonly<Record<SandboxPolicy["type"], string>> = {
  dangerFullAccess: "danger-full-access",
  externalSandbox: "external-sandbox",
  readOnly: "read-only",
  workspaceWrite: "workspace-write",
};

/** Headers that tell a provider which turn it works for. */
export function toHeaders(
  turn: Turn,
  purpose: RequestPurpose,
): Record<string, string> {
  const { agent, parts } = turn;
  return {
    originator: agent.originator,
    "session-id": toCacheKey(turn),
    "thread-id": parts.threadId,
    "x-client-request-id": parts.threadId,
    "x-codex-window-id": toWindowId(turn),
    "x-codex-turn-metadata": toTurnMetadata(turn, purpose),
    ...toSubagentNames(turn),
  };
}

/** What a provider caches the beginnings of requests under. */
export function toCacheKey(
  { agent, conversation: { forkedFrom } }: Turn,
): string {
  return forkedFrom?.sharesCache ? forkedFrom.threadId : agent.sessionId;
}

/** The same, as it stands in the body. */
export function toClientMetadata(
  turn: Turn,
  purpose: RequestPurpose,
): Record<string, string> {
  const { agent, stage, parts } = turn;
  return {
    "x-codex-installation-id": agent.installationId,
    session_id: agent.sessionId,
    thread_id: parts.threadId,
    turn_id: stage.turnId,
    root_turn_id: parts.rootTurnId,
    "x-codex-window-id": toWindowId(turn),
    "x-codex-turn-metadata": toTurnMetadata(turn, purpose),
    ...(parts.parentTurnId === null
      ? {}
      : { parent_turn_id: parts.parentTurnId }),
    ...toSubagentNames(turn),
  };
}

/** Kind of an agent that works for another one, and for which thread. */
function toSubagentNames({ agent, parts }: Turn): Record<string, string> {
  if (parts.subagent !== null) return { "x-openai-subagent": parts.subagent };
  if (agent.spawnedBy == null) return {};
  return {
    "x-openai-subagent": "collab_spawn",
    "x-codex-parent-thread-id": agent.spawnedBy.threadId,
  };
}

/** What the conversation is a fork of. */
function toOrigin(
  { forkedFrom }: Turn["conversation"],
): Record<string, string | number> {
  if (forkedFrom === null) return {};
  const { threadId, endOrdinal } = forkedFrom;
  return {
    forked_from_thread_id: threadId,
    ...endOrdinal !== null && { forked_from_ordinal_exclusive: endOrdinal },
  };
}

/** Whether somebody answers in place of a person when the model asks. */
function isReviewed(
  { approvalsReviewer, approvalPolicy }: Turn["settings"],
): boolean {
  return approvalsReviewer !== "user" &&
    (approvalPolicy === "on-request" || typeof approvalPolicy === "object");
}

/** Why and how a conversation is compacted, in the provider's words. */
function toCompaction(phase: CompactionPhase): Record<string, string> {
  const isAsked = phase === "standalone_turn";
  return {
    trigger: isAsked ? "manual" : "auto",
    reason: isAsked ? "user_requested" : "context_limit",
    implementation: "responses",
    phase,
    strategy: "memento",
  };
}

function toWindowId(turn: Turn): string {
  return `${turn.parts.threadId}:${turn.conversation.compactions}`;
}

function toTurnMetadata(turn: Turn, purpose: RequestPurpose): string {
  const { agent, conversation, stage, settings, parts } = turn;
  const { type } = settings.sandboxPolicy;
  // A profile that writes everywhere without a network is still our sandbox.
  const isOwnBox = type === "externalSandbox" &&
    isOwnProfile(settings.activePermissionProfile?.id);
  const isBoxed = isOwnBox || type === "readOnly" || type === "workspaceWrite";
  // What a client adds stands first, so that it can't take the place of ours.
  return JSON.stringify({
    ...parts.clientMetadata,
    installation_id: agent.installationId,
    session_id: agent.sessionId,
    thread_id: parts.threadId,
    agent_name: "/root",
    turn_id: stage.turnId,
    window_id: toWindowId(turn),
    window_number: conversation.compactions,
    context_window_id: conversation.windowId,
    request_kind: purpose === "turn" ? "turn" : "compaction",
    ...purpose !== "turn" && { compaction: toCompaction(purpose) },
    history_initialization: conversation.initialization,
    ...toOrigin(conversation),
    ...(agent.spawnedBy == null || parts.subagent !== null ? {} : {
      parent_thread_id: agent.spawnedBy.threadId,
      ...parts.parentTurnId !== null && { parent_turn_id: parts.parentTurnId },
      subagent_kind: "thread_spawn",
    }),
    root_turn_id: parts.rootTurnId,
    ...(agent.threadSource == null
      ? {}
      : { thread_source: agent.threadSource }),
    ...(parts.turnTrigger === null ? {} : { turn_trigger: parts.turnTrigger }),
    ...(parts.subagent === null ? {} : {
      parent_thread_id: agent.threadId,
      parent_turn_id: stage.turnId,
      subagent_kind: parts.subagent,
      thread_source: "subagent",
    }),
    sandbox: isBoxed ? "seccomp" : "none",
    sandbox_mode: modes[isOwnBox ? "dangerFullAccess" : type],
    auto_review_enabled: isReviewed(settings),
    turn_started_at_unix_ms: parts.startedAtMs,
    ...purpose === "turn" && {
      model: settings.model,
      ...settings.effort !== null && { reasoning_effort: settings.effort },
    },
  });
}
