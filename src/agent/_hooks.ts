import { type JsonValue, uuid7 } from "../protocol/mod.ts";
import type { ToolCall, ToolOutput } from "../tools/mod.ts";
import type { HookedTool, HookOccasion, HookVerdict } from "./extensions.ts";
import type { Turn } from "./_turn.ts";
import { toUserMessage } from "./_user_message.ts";

/** What comes of an occasion that nobody has hooks for. */
const nothing: HookVerdict = {
  blocked: null,
  stopped: null,
  contexts: [],
  fragments: [],
};

/**
 * Runs the hooks for an occasion of a turn.
 *
 * @throws {unknown} the signal's reason.
 */
export async function occur(
  turn: Turn,
  occasion: HookOccasion,
): Promise<HookVerdict> {
  const { agent, stage, settings, signal, parts } = turn;
  if (agent.extensions === undefined || !parts.isRecorded) return nothing;
  const { sessionId } = agent;
  return await agent.extensions.occur(
    occasion,
    { sessionId, stage, settings, signal },
  );
}

/** Tells the model what hooks have for it. */
export function hear(turn: Turn, contexts: readonly string[]): void {
  turn.remember(...contexts.map((text) => ({
    type: "message" as const,
    id: `msg_${uuid7()}`,
    role: "developer" as const,
    content: [{ type: "input_text" as const, text }],
  })));
}

/**
 * Lets hooks look at a turn that is about to end. What they want to be done yet
 * is shown, and told the model as if the user had said it.
 *
 * @returns Whether the turn goes on.
 */
export async function mayEnd(turn: Turn, isActive: boolean): Promise<boolean> {
  const { fragments, stopped } = await occur(turn, {
    event: "stop",
    isActive,
    lastAgentMessage: turn.lastAgentMessage?.text ?? null,
  });
  if (stopped !== null || fragments.length === 0) return true;
  const message = toUserMessage(fragments.map(({ text, hookRunId }) => ({
    type: "input_text" as const,
    text: `<hook_prompt hook_run_id="${escape(hookRunId)}">${
      escape(text)
    }</hook_prompt>`,
  })));
  turn.remember(message);
  turn.stage.completed({
    type: "hookPrompt",
    id: typeof message.id === "string" ? message.id : uuid7(),
    fragments: [...fragments],
  });
  return false;
}

/** Tools that run a command line, and what it is called among their arguments. */
const commandKeys: Readonly<Record<string, string>> = {
  exec_command: "cmd",
  shell_command: "command",
};

/**
 * Lets hooks look at a call, before and after.
 *
 * @param play Does it, perhaps with what a hook put in its place.
 */
export async function withHooks(
  turn: Turn,
  call: ToolCall,
  play: (call: ToolCall) => Promise<ToolOutput>,
): Promise<ToolOutput> {
  const tool = toHooked(call);
  if (turn.agent.extensions === undefined || tool === undefined) {
    return await play(call);
  }
  const before = await occur(turn, { event: "preToolUse", tool });
  hear(turn, before.contexts);
  const refusal = before.blocked ?? before.stopped;
  if (refusal !== null) {
    return { output: toRefusal(call, tool, refusal), isSuccess: false };
  }
  const input = before.input ?? tool.input;
  const result = await play(
    before.input === undefined ? call : rewrite(call, before.input),
  );
  if (!result.isSuccess) return result;
  const after = await occur(turn, {
    event: "postToolUse",
    tool: { ...tool, input },
    response: toResponse(call, result.output),
  });
  hear(turn, after.contexts);
  const objection = after.blocked ?? after.stopped;
  return objection === null ? result : { ...result, output: objection };
}

/** A call as hooks know it; undefined for those that are not theirs to see. */
function toHooked(call: ToolCall): HookedTool | undefined {
  const { callId, name, namespace, input } = call;
  const key = namespace === undefined ? commandKeys[name] : undefined;
  if (key !== undefined) {
    const command = parse(input)[key];
    return {
      callId,
      name: "Bash",
      aliases: [],
      input: { command: typeof command === "string" ? command : "" },
    };
  }
  if (name === "apply_patch" && namespace === undefined) {
    return {
      callId,
      name,
      aliases: ["Write", "Edit"],
      input: { command: input },
    };
  }
  if (namespace?.startsWith("mcp__") === true) {
    return {
      callId,
      name: `${namespace.replace(/__$/, "")}__${name}`,
      aliases: [],
      input: parse(input),
    };
  }
  return undefined;
}

/** The call with what a hook put in place of its input. */
function rewrite(call: ToolCall, input: JsonValue): ToolCall {
  const given = input as Record<string, JsonValue>;
  const key = call.namespace === undefined ? commandKeys[call.name] : undefined;
  if (key !== undefined) {
    const { command } = given;
    if (typeof command !== "string") return call;
    return {
      ...call,
      input: JSON.stringify({ ...parse(call.input), [key]: command }),
    };
  }
  if (call.kind === "custom") {
    const { command } = given;
    return typeof command === "string" ? { ...call, input: command } : call;
  }
  return { ...call, input: JSON.stringify(given) };
}

function toRefusal(
  { name }: ToolCall,
  { name: hookedName, input }: HookedTool,
  reason: string,
): string {
  if (hookedName !== "Bash" && name !== "apply_patch") {
    return `Tool call blocked by PreToolUse hook: ${reason}. Tool: ${hookedName}`;
  }
  const { command } = input as { command: string };
  return `Command blocked by PreToolUse hook: ${reason}. Command: ${command}`;
}

/** What a tool answered, without what only the model has use for. */
function toResponse(call: ToolCall, output: ToolOutput["output"]): JsonValue {
  if (typeof output !== "string" || commandKeys[call.name] === undefined) {
    return output;
  }
  const start = output.indexOf("\nOutput:\n");
  return start < 0 ? output : output.slice(start + "\nOutput:\n".length);
}

function parse(text: string): Record<string, JsonValue> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? value as Record<string, JsonValue>
      : {};
  } catch {
    return {};
  }
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
