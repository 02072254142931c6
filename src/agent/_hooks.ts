import { type JsonValue, type UserInput, uuid7 } from "../protocol/mod.ts";
import {
  agentNamespace,
  type PermissionAnswer,
  type PermissionQuestion,
  type ToolCall,
  type ToolOutput,
} from "../tools/mod.ts";
import type { SteeredInput } from "./agent.ts";
import type { HookedTool, HookOccasion, HookVerdict } from "./extensions.ts";
import type { Turn } from "./_turn.ts";
import { say, toUserMessage } from "./_user_message.ts";

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
 * @param signal Ends them. Default: the turn's own.
 * @throws {unknown} the signal's reason.
 */
export async function occur(
  turn: Turn,
  occasion: HookOccasion,
  signal: AbortSignal = turn.signal,
): Promise<HookVerdict> {
  const { agent, stage, settings } = turn;
  if (agent.extensions === undefined) return nothing;
  const { sessionId } = agent;
  return await agent.extensions.occur(
    occasion,
    { sessionId, stage, settings, signal },
  );
}

/** Whether a hook may run for an event. */
export async function awaits(
  { agent: { extensions }, settings }: Turn,
  event: HookOccasion["event"],
): Promise<boolean> {
  return await extensions?.awaits(event, settings.cwd) ?? false;
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
 * Passes on what hooks said meanwhile that nobody waited for.
 *
 * @returns Whether the model has heard anything new.
 */
export function takeLate(turn: Turn): boolean {
  // A conversation aside has nothing to do with what goes on elsewhere.
  if (turn.parts.isRecorded) turn.remember(...turn.agent.takeNews?.() ?? []);
  const words = turn.agent.extensions?.takeLate() ?? [];
  const { threadId } = turn.stage;
  for (const { warning } of words) {
    if (warning !== null) {
      turn.stage.tell("warning", { threadId, message: warning });
    }
  }
  const contexts = words.flatMap(({ context }) => context ?? []);
  hear(turn, contexts);
  return contexts.length > 0;
}

/**
 * Lets hooks hear that the session begins, if they have not yet.
 *
 * @returns Whether it goes on.
 */
export async function beginSession(turn: Turn): Promise<boolean> {
  const { conversation } = turn;
  const { unheard: source } = conversation;
  // A conversation aside is no session of its own.
  if (source === undefined || !turn.parts.isRecorded) return true;
  conversation.unheard = undefined;
  // An agent that begins is no session, but a part of one.
  const isAgent = turn.agent.spawnedBy != null && source === "startup";
  const begun = await occur(
    turn,
    isAgent ? { event: "subagentStart" } : { event: "sessionStart", source },
  );
  hear(turn, begun.contexts);
  return begun.stopped === null;
}

/** What hooks say to the user's words. */
export interface Admission {
  /** Whether they are part of the conversation. */
  readonly isLetIn: boolean;
  /** What the model is to know beside them. */
  readonly contexts: readonly string[];
}

/** Lets hooks hear what the user says. */
export async function admit(
  turn: Turn,
  input: readonly UserInput[],
): Promise<Admission> {
  if (input.length === 0) return { isLetIn: true, contexts: [] };
  const { blocked, stopped, contexts } = await occur(turn, {
    event: "userPromptSubmit",
    prompt: input.map((part) => part.type === "text" ? part.text : "").join(""),
  });
  return { isLetIn: blocked === null && stopped === null, contexts };
}

/** Words that hooks let in, and what they add to them. */
export interface Admitted {
  readonly one: SteeredInput;
  readonly contexts: readonly string[];
}

/**
 * Lets hooks hear all that the user says. None of it is lost, unless a hook
 * wants it so: if the turn breaks off, it is said all the same.
 *
 * @returns What is to be said.
 * @throws {unknown} the signal's reason.
 */
export async function admitAll(
  turn: Turn,
  said: readonly SteeredInput[],
): Promise<Admitted[]> {
  const admitted: Admitted[] = [];
  for (const [at, one] of said.entries()) {
    if (one.input.length === 0) {
      admitted.push({ one, contexts: [] });
      continue;
    }
    try {
      const { isLetIn, contexts } = await admit(turn, one.input);
      if (isLetIn) admitted.push({ one, contexts });
      else hear(turn, contexts);
    } catch (thrown) {
      const left = [...admitted.map(({ one }) => one), ...said.slice(at)];
      for (const one of left) await say(turn, one);
      throw thrown;
    }
  }
  return admitted;
}

/**
 * Lets hooks look at a turn that is about to end. What they want to be done yet
 * is shown, and told the model as if the user had said it.
 *
 * @returns Whether the turn ends.
 */
export async function mayEnd(turn: Turn, isActive: boolean): Promise<boolean> {
  if (!turn.parts.isRecorded) return true;
  const { fragments, stopped } = await occur(turn, {
    event: turn.agent.spawnedBy == null ? "stop" : "subagentStop",
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

/** Asks hooks for consent, before people are asked. */
export async function consult(
  turn: Turn,
  { callId, name, input }: PermissionQuestion,
): Promise<PermissionAnswer | undefined> {
  const tool = { callId, name, aliases: aliasesOf(name), input };
  const { blocked, isAllowed = false } = await occur(
    turn,
    { event: "permissionRequest", tool },
  );
  if (blocked !== null) return { denied: blocked };
  return isAllowed ? "allow" : undefined;
}

/** Tools that run a command line, and what it is called among their arguments. */
const commandKeys: Readonly<Record<string, string>> = {
  exec_command: "cmd",
};

/** Tools that hooks do not see: what they do belongs to another call. */
const unseen: ReadonlySet<string> = new Set(["write_stdin"]);

/** Tools of which hooks get the answer as JSON. */
const structured: ReadonlySet<string> = new Set([
  "create_goal",
  "get_goal",
  "update_goal",
]);

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
  if (before.blocked !== null) {
    return { output: toRefusal(call, tool, before.blocked), isSuccess: false };
  }
  const rewritten = before.input === undefined
    ? call
    : rewrite(call, before.input);
  if (typeof rewritten === "string") {
    return { output: rewritten, isSuccess: false };
  }
  const result = await play(rewritten);
  const response = toResponse(call, result);
  if (response === null) return result;
  const after = await occur(turn, {
    event: "postToolUse",
    tool: { ...tool, input: before.input ?? tool.input },
    response,
  });
  hear(turn, after.contexts);
  return after.blocked === null ? result : { ...result, output: after.blocked };
}

/** A call as hooks know it; undefined for those that are not theirs to see. */
function toHooked(call: ToolCall): HookedTool | undefined {
  const { callId, namespace, input, kind } = call;
  if (namespace === undefined && unseen.has(call.name)) return undefined;
  const name = toHookedName(call);
  const key = toCommandKey(call);
  if (key !== undefined) {
    const command = parse(input)[key];
    return {
      callId,
      name: "Bash",
      aliases: [],
      input: { command: typeof command === "string" ? command : "" },
    };
  }
  return {
    callId,
    name,
    aliases: aliasesOf(name),
    input: kind === "custom" ? { command: input } : parse(input),
  };
}

/** Tools for agents have names of their own way; the first of them no place. */
function toHookedName({ name, namespace }: ToolCall): string {
  if (namespace === undefined) return name;
  if (namespace !== agentNamespace) {
    return `${namespace.replace(/__$/, "")}__${name}`;
  }
  return name === "spawn_agent" ? name : `${namespace}${name}`;
}

function toCommandKey({ name, namespace }: ToolCall): string | undefined {
  return namespace === undefined ? commandKeys[name] : undefined;
}

function aliasesOf(name: string): readonly string[] {
  return name === "apply_patch" ? ["Write", "Edit"] : [];
}

/** The call with what a hook put in place of its input, or what is wrong. */
function rewrite(call: ToolCall, input: JsonValue): ToolCall | string {
  const key = toCommandKey(call);
  if (key === undefined && call.kind === "function") {
    return { ...call, input: JSON.stringify(input) };
  }
  const { command } = (input ?? {}) as Record<string, JsonValue>;
  if (typeof command !== "string") {
    return "hook returned updatedInput without string field `command`";
  }
  return {
    ...call,
    input: key === undefined
      ? command
      : JSON.stringify({ ...parse(call.input), [key]: command }),
  };
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

/** What hooks are told that a call came to; null if it came to nothing. */
function toResponse(
  { name, namespace }: ToolCall,
  { output, isSuccess, response }: ToolOutput,
): JsonValue {
  if (response !== undefined) return response;
  if (!isSuccess) return null;
  const isJson = namespace === undefined && structured.has(name);
  return isJson && typeof output === "string" ? parse(output) : output;
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
