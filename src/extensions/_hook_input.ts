import type { Farewell, HookOccasion, HookScene } from "../agent/mod.ts";
import type { HookEventName } from "../protocol/mod.ts";
import { hookEvents } from "./_hook_events.ts";

/** Events whose hooks are not told what may be done without asking. */
const unguarded: ReadonlySet<HookEventName> = new Set([
  "preModelRequest",
  "postModelRequest",
  "preCompact",
  "postCompact",
]);

/** The agent that a thread is, as its hooks know it. */
export interface HookedAgent {
  /** Its thread. */
  readonly id: string;
  /** Its role. */
  readonly type: string;
  /** Where the thread above it is stored, if it is. */
  readonly parentTranscriptPath: string | null;
}

/** A thread whose hooks read something. */
export interface HookedThread {
  /** Where it is stored, if it is. */
  readonly transcriptPath: string | null;
  /** Which agent it is. Default: none. */
  readonly agent?: HookedAgent | null;
}

/** What a hook reads about an occasion. */
export function toHookInput(
  occasion: HookOccasion,
  { sessionId, stage, settings }: HookScene,
  { transcriptPath, agent = null }: HookedThread,
): Record<string, unknown> {
  const { declared, scope } = hookEvents[occasion.event];
  const isOfAgent = occasion.event === "subagentStart" ||
    occasion.event === "subagentStop";
  const named = agent !== null &&
    { agent_id: agent.id, agent_type: agent.type };
  return {
    session_id: sessionId,
    ...(scope === "turn" || isOfAgent) && { turn_id: stage.turnId },
    ...!isOfAgent && named,
    ...occasion.event === "subagentStop"
      ? {
        transcript_path: agent?.parentTranscriptPath ?? null,
        agent_transcript_path: transcriptPath,
      }
      : { transcript_path: transcriptPath },
    cwd: settings.cwd,
    hook_event_name: declared,
    model: settings.model,
    ...!unguarded.has(occasion.event) && {
      permission_mode: settings.approvalPolicy === "never"
        ? "bypassPermissions"
        : "default",
    },
    ...isOfAgent && named,
    ...toParticulars(occasion),
  };
}

/** What a hook reads when a thread is closed. */
export function toFarewell(
  { sessionId, cwd }: Farewell,
  transcriptPath: string | null,
): Record<string, unknown> {
  return {
    session_id: sessionId,
    transcript_path: transcriptPath,
    cwd,
    hook_event_name: hookEvents.sessionEnd.declared,
    reason: farewellReason,
  };
}

/** Why a thread is closed; nobody tells it more exactly. */
export const farewellReason = "other";

function toParticulars(occasion: HookOccasion): Record<string, unknown> {
  switch (occasion.event) {
    case "sessionStart":
      return { source: occasion.source };
    case "userPromptSubmit":
      return { prompt: occasion.prompt };
    case "postModelRequest":
      return {
        status: occasion.status,
        error: occasion.error,
        token_usage: occasion.usage,
      };
    case "permissionRequest": {
      const { name, input } = occasion.tool;
      return { tool_name: name, tool_input: input };
    }
    case "preToolUse": {
      const { name, input, callId } = occasion.tool;
      return { tool_name: name, tool_input: input, tool_use_id: callId };
    }
    case "postToolUse": {
      const { name, input, callId } = occasion.tool;
      return {
        tool_name: name,
        tool_input: input,
        tool_response: occasion.response,
        tool_use_id: callId,
      };
    }
    case "preCompact":
    case "postCompact":
      return { trigger: occasion.trigger };
    case "stop":
    case "subagentStop":
      return {
        stop_hook_active: occasion.isActive,
        last_assistant_message: occasion.lastAgentMessage,
      };
    case "preModelRequest":
    case "subagentStart":
    case "interrupt":
      return {};
  }
}

/**
 * What matchers are held against: names of a tool, a source, a trigger, a kind
 * of agent.
 */
export function toSubjects(
  occasion: HookOccasion,
  agent: HookedAgent | null = null,
): readonly string[] {
  switch (occasion.event) {
    case "subagentStart":
    case "subagentStop":
      return [agent?.type ?? ""];
    case "sessionStart":
      return [occasion.source];
    case "preToolUse":
    case "permissionRequest":
    case "postToolUse":
      return [occasion.tool.name, ...occasion.tool.aliases];
    case "preCompact":
    case "postCompact":
      return [occasion.trigger];
    default:
      return [""];
  }
}
