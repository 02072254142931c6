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

/** What a hook reads about an occasion. */
export function toHookInput(
  occasion: HookOccasion,
  { sessionId, stage, settings }: HookScene,
  transcriptPath: string | null,
): Record<string, unknown> {
  const { declared, scope } = hookEvents[occasion.event];
  return {
    session_id: sessionId,
    ...scope === "turn" && { turn_id: stage.turnId },
    transcript_path: transcriptPath,
    cwd: settings.cwd,
    hook_event_name: declared,
    model: settings.model,
    ...!unguarded.has(occasion.event) && {
      permission_mode: settings.approvalPolicy === "never"
        ? "bypassPermissions"
        : "default",
    },
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
      return {
        stop_hook_active: occasion.isActive,
        last_assistant_message: occasion.lastAgentMessage,
      };
    case "preModelRequest":
    case "interrupt":
      return {};
  }
}

/** What matchers are held against: names of a tool, a source, a trigger. */
export function toSubjects(occasion: HookOccasion): readonly string[] {
  switch (occasion.event) {
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
