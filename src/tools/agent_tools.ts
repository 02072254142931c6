import type { ToolSpec } from "../model/mod.ts";
import type {
  CollabAgentState,
  CollabAgentToolCallItem,
  JsonValue,
  ReasoningEffort,
} from "../protocol/mod.ts";
import { readAgentInput, toPrompt } from "./_agent_input.ts";
import {
  agentNamespace,
  closeSpec,
  resumeSpec,
  sendSpec,
  toSpawnSpec,
  waitMs,
  waitSpec,
} from "./_agent_specs.ts";
import { type Arguments, readArguments } from "./_arguments.ts";
import { failure } from "./command_runner.ts";
import { type Stage, StorageError } from "./stage.ts";
import { AgentRefusal, type Subagents, toAgentStatus } from "./subagents.ts";
import { searchesTools } from "./tool_search.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

/** Effort that clients are shown where a model has none. */
const usualEffort = "medium";

/** What a call is about, before anything is done. */
interface Attempt {
  /** How it is shown. */
  readonly item: Pick<CollabAgentToolCallItem, "tool"> & Partial<Shown>;
  /** Does it. */
  act(stage: Stage, signal: AbortSignal): Promise<Done>;
}

/** What came of it. */
interface Done {
  /** For the model, as JSON. */
  readonly output: JsonValue;
  /** What is shown besides. */
  readonly shown: Partial<Shown>;
  /** What comes once it has been shown. */
  readonly next?: () => void;
}

type Shown = Omit<CollabAgentToolCallItem, "type" | "id" | "tool">;

/** `spawn_agent`, `send_input`, `wait_agent`, `resume_agent`, `close_agent`. */
export function toAgentTools(agents: Subagents): Tool[] {
  const tool = (
    name: string,
    spec: () => ToolSpec,
    attempt: (args: Arguments) => Attempt,
  ) => new AgentTool({ name, spec, attempt, agents });
  return [
    tool("close_agent", () => closeSpec, (args) => close(agents, args)),
    tool("resume_agent", () => resumeSpec, (args) => resume(agents, args)),
    tool("send_input", () => sendSpec, (args) => send(agents, args)),
    tool(
      "spawn_agent",
      () => toSpawnSpec(agents.roles),
      (args) => spawn(agents, args),
    ),
    tool("wait_agent", () => waitSpec, (args) => wait(agents, args)),
  ];
}

function spawn(agents: Subagents, args: Arguments): Attempt {
  const input = readAgentInput(args);
  const model = args.optionalText("model") ?? null;
  const effort = args.optionalText("reasoning_effort") ?? null;
  const role = args.optionalText("agent_type")?.trim() || null;
  const knowsHistory = args.flag("fork_context") ?? false;
  return {
    item: {
      tool: "spawnAgent",
      prompt: toPrompt(input),
      model: model ?? "",
      reasoningEffort: toShownEffort(effort),
    },
    async act(stage, signal) {
      const order = { input, model, effort, role, knowsHistory };
      const started = await agents.start(order, stage);
      const { threadId, nickname } = started;
      if (signal.aborted) {
        // Nobody will ever ask for it: the call is answered already.
        await agents.close(threadId);
        throw signal.reason;
      }
      return {
        output: { agent_id: threadId, nickname },
        shown: {
          receiverThreadIds: [threadId],
          model: started.model,
          reasoningEffort: toShownEffort(started.effort),
          agentsStates: { [threadId]: agents.stateOf(threadId) },
        },
        next: () => started.begin(),
      };
    },
  };
}

function send(agents: Subagents, args: Arguments): Attempt {
  const id = toAgentId(args.text("target"));
  const input = readAgentInput(args);
  const isUrgent = args.flag("interrupt") ?? false;
  return {
    item: {
      tool: "sendInput",
      receiverThreadIds: [id],
      prompt: toPrompt(input),
    },
    async act(stage) {
      const sent = await agents.send(id, input, stage, { isUrgent });
      return {
        output: { submission_id: sent.submissionId },
        shown: { agentsStates: { [id]: agents.stateOf(id) } },
        next: () => sent.begin(),
      };
    },
  };
}

function wait(agents: Subagents, args: Arguments): Attempt {
  const ids = [...new Set((args.texts("targets") ?? []).map(toAgentId))];
  if (ids.length === 0) throw new AgentRefusal("`targets` names no agent");
  const asked = args.optionalNumber("timeout_ms") ?? waitMs.usual;
  if (asked <= 0) {
    throw new AgentRefusal("`timeout_ms` must be more than 0");
  }
  const timeoutMs = Math.min(Math.max(asked, waitMs.least), waitMs.most);
  return {
    item: { tool: "wait", receiverThreadIds: ids },
    async act(_stage, signal) {
      const states = await agents.wait(ids, { timeoutMs, signal });
      const status = [...states].map(([id, state]) =>
        [id, toAgentStatus(state)] as const
      );
      return {
        output: {
          status: Object.fromEntries(status),
          timed_out: states.size === 0,
        },
        shown: {
          receiverThreadIds: [...states.keys()],
          agentsStates: Object.fromEntries(states),
        },
      };
    },
  };
}

function resume(agents: Subagents, args: Arguments): Attempt {
  const id = toAgentId(args.text("id"));
  return {
    item: { tool: "resumeAgent", receiverThreadIds: [id] },
    async act() {
      const state = await agents.resume(id);
      return {
        output: { status: toAgentStatus(state) },
        shown: { agentsStates: { [id]: state } },
      };
    },
  };
}

function close(agents: Subagents, args: Arguments): Attempt {
  const id = toAgentId(args.text("target"));
  return {
    item: { tool: "closeAgent", receiverThreadIds: [id] },
    async act() {
      const state = await agents.close(id);
      return {
        output: { previous_status: toAgentStatus(state) },
        shown: { agentsStates: { [id]: state } },
      };
    },
  };
}

/** A tool for agents: shown from its beginning to its end. */
class AgentTool implements Tool {
  readonly name: string;
  readonly namespace = agentNamespace;
  readonly isParallel = false;
  readonly #options: {
    readonly spec: () => ToolSpec;
    readonly attempt: (args: Arguments) => Attempt;
    readonly agents: Subagents;
  };

  constructor(
    { name, ...options }: {
      readonly name: string;
      readonly spec: () => ToolSpec;
      readonly attempt: (args: Arguments) => Attempt;
      readonly agents: Subagents;
    },
  ) {
    this.name = name;
    this.#options = options;
  }

  spec(): ToolSpec | undefined {
    const { agents, spec } = this.#options;
    return agents.isOffered ? spec() : undefined;
  }

  isDeferred(surroundings: ToolSurroundings): boolean {
    return searchesTools(surroundings);
  }

  async call(
    { callId, input }: ToolCall,
    { stage, signal }: ToolContext,
  ): Promise<ToolOutput> {
    let attempt: Attempt;
    try {
      attempt = this.#options.attempt(readArguments(input));
    } catch (error) {
      if (error instanceof AgentRefusal) return failure(error.message);
      throw error;
    }
    const item: CollabAgentToolCallItem = {
      type: "collabAgentToolCall",
      id: callId,
      status: "inProgress",
      senderThreadId: stage.threadId,
      receiverThreadIds: [],
      prompt: null,
      model: null,
      reasoningEffort: null,
      agentsStates: {},
      ...attempt.item,
    };
    stage.started(item);
    try {
      const { output, shown, next } = await attempt.act(stage, signal);
      const status = toCallStatus(shown.agentsStates);
      stage.completed({ ...item, ...shown, status });
      next?.();
      return { output: JSON.stringify(output), isSuccess: true };
    } catch (error) {
      if (error instanceof StorageError) throw error;
      stage.completed({
        ...item,
        status: signal.aborted ? "interrupted" : "failed",
        agentsStates: Object.fromEntries(
          item.receiverThreadIds.map((id) => [
            id,
            this.#options.agents.stateOf(id),
          ]),
        ),
      });
      if (error instanceof AgentRefusal) return failure(error.message);
      throw error;
    }
  }
}

/** A call fails, for clients, if an agent did that it is about. */
function toCallStatus(
  states: Readonly<Record<string, CollabAgentState>> = {},
): "completed" | "failed" {
  const hasFailed = Object.values(states).some(({ status }) =>
    status === "errored" || status === "notFound"
  );
  return hasFailed ? "failed" : "completed";
}

function toShownEffort(effort: string | null): ReasoningEffort {
  return effort ?? usualEffort;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws {AgentRefusal} if that is no id of an agent. */
function toAgentId(text: string): string {
  if (uuid.test(text)) return text.toLowerCase();
  throw new AgentRefusal(`\`${text}\` is no id of an agent`);
}
