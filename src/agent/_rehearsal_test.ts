import { Config, type ConfigTable } from "../config/mod.ts";
import type {
  Model,
  ModelEvent,
  ModelFacts,
  ModelRequest,
  ModelUsage,
  ResponseItem,
} from "../model/mod.ts";
import type {
  NotificationName,
  ServerNotifications,
  ThreadItem,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { RolloutRecord } from "../rollout/mod.ts";
import type {
  Stage,
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
} from "../tools/mod.ts";
import type { AgentOptions, Clock, SteeredInput, TurnOrder } from "./agent.ts";
import { createAgent } from "./create_agent.ts";

/** One answer of the model: its events, or what decides them. */
export type Answer =
  | readonly ModelEvent[]
  | ((
    request: ModelRequest,
    signal: AbortSignal,
  ) => AsyncIterable<ModelEvent>);

/** A model that answers from a list, and keeps what it was asked. */
export class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  maxStreamRetries = 0;
  readonly #answers: Answer[];

  constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
  }

  async *stream(
    request: ModelRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncIterable<ModelEvent> {
    // As it would go over the wire: later changes must not show.
    this.requests.push(structuredClone(request));
    const answer = this.#answers.shift() ?? says("done");
    if (typeof answer === "function") yield* answer(request, signal);
    else {
      for (const event of answer) {
        await Promise.resolve();
        yield event;
      }
    }
  }
}

/** What a stage was told, in one line each. */
export class FakeStage implements Stage {
  readonly threadId = "thread";
  turnId = "turn";
  readonly records: RolloutRecord[] = [];
  /** Short forms of all that happened, in order. */
  readonly seen: string[] = [];
  readonly told: { method: NotificationName; params: unknown }[] = [];
  readonly items: ThreadItem[] = [];
  readonly #started = new Set<string>();
  /** Called before anything happens; may throw or interrupt. */
  before: (what: string) => void = () => {};

  started(item: ThreadItem): void {
    this.before(`started ${item.type}`);
    this.#started.add(item.id);
    this.seen.push(`started ${item.type}`);
  }

  completed(item: ThreadItem): void {
    if (!this.#started.has(item.id)) this.started(item);
    this.before(`completed ${item.type}`);
    this.items.push(item);
    this.seen.push(`completed ${item.type}`);
  }

  tell<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    this.before(method);
    this.told.push({ method, params });
    this.seen.push(method);
  }

  record(...records: RolloutRecord[]): void {
    for (const record of records) {
      this.before(`record ${record.type}`);
      this.records.push(structuredClone(record));
      const payload = record.payload as { type?: string };
      this.seen.push(
        `record ${
          record.type === "event_msg" || record.type === "response_item"
            ? payload.type
            : record.type
        }`,
      );
    }
  }

  ask(): Promise<never> {
    return Promise.reject(new Error("Nobody is there"));
  }

  /** What a conversation is after a restart. */
  get storedItems(): ResponseItem[] {
    let items: ResponseItem[] = [];
    for (const { type, payload } of this.records) {
      if (type === "response_item") items.push(payload as ResponseItem);
      if (type === "compacted") {
        const { replacement_history } = payload as {
          replacement_history: ResponseItem[];
        };
        items = [...replacement_history];
      }
    }
    return items;
  }
}

/** A clock that only moves when somebody waits. */
export class FakeClock implements Clock {
  ms = Date.UTC(2026, 10, 21, 12);
  readonly delays: number[] = [];
  readonly #waits: boolean;

  /** @param waits Whether delays last until their signal aborts. */
  constructor(waits = false) {
    this.#waits = waits;
  }

  now(): number {
    return this.ms;
  }

  delay(ms: number, { signal }: { signal: AbortSignal }): Promise<void> {
    this.delays.push(ms);
    if (!this.#waits) {
      this.ms += ms;
      return Promise.resolve();
    }
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), {
        once: true,
      })
    );
  }
}

/** A tool that does as it is told. */
export function toTool(
  name: string,
  call: (call: ToolCall, context: ToolContext) => Promise<ToolOutput>,
  parts: Partial<Tool> = {},
): Tool {
  return {
    name,
    isParallel: true,
    spec: () => ({
      type: "function",
      name,
      description: name,
      strict: false,
      parameters: {},
    }),
    call,
    ...parts,
  };
}

export const facts: ModelFacts = {
  slug: "mock",
  isKnown: true,
  contextWindow: 1000,
  autoCompactTokens: 900,
  defaultEffort: null,
  efforts: ["low", "high"],
  utmostEffort: "max",
  defaultSummary: "auto",
  callsInParallel: true,
  hasPatchTool: false,
  hasShell: true,
  findsTools: true,
  outputUnit: "tokens",
  baseInstructions: null,
  maxOutputTokens: 100,
  defaultVerbosity: null,
  serviceTiers: [],
};

export const settings: ThreadSettings = {
  disabledPluginIds: [],
  cwd: "/nowhere",
  environments: null,
  approvalPolicy: "never",
  approvalsReviewer: "user",
  sandboxPolicy: { type: "dangerFullAccess" },
  activePermissionProfile: null,
  model: "mock",
  modelProvider: "mock_provider",
  serviceTier: null,
  effort: null,
  summary: null,
  collaborationMode: { mode: "default", settings: { model: "mock" } },
  multiAgentMode: "explicitRequestOnly",
  personality: null,
};

const usage: ModelUsage = {
  inputTokens: 100,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 20,
  reasoningOutputTokens: 0,
  totalTokens: 120,
};

/** The end of an answer. */
export function completed(
  parts: Partial<Extract<ModelEvent, { type: "completed" }>> = {},
): ModelEvent {
  return {
    type: "completed",
    responseId: "resp",
    usage,
    endTurn: undefined,
    ...parts,
  };
}

/** A message as it comes in, without the end of the answer. */
export function message(text: string, id = "msg_1"): ModelEvent[] {
  const half = Math.ceil(text.length / 2);
  return [
    {
      type: "itemAdded",
      item: { type: "message", id, role: "assistant", content: [] },
    },
    { type: "textDelta", itemId: id, delta: text.slice(0, half) },
    { type: "textDelta", itemId: id, delta: text.slice(half) },
    {
      type: "itemDone",
      item: {
        type: "message",
        id,
        role: "assistant",
        content: [{ type: "output_text", text }],
      },
    },
  ];
}

/** A whole answer that says something. */
export function says(text: string, id = "msg_1"): ModelEvent[] {
  return [...message(text, id), completed()];
}

/** Calls, without the end of the answer. */
export function call(name: string, callId: string, args = "{}"): ModelEvent {
  return {
    type: "itemDone",
    item: {
      type: "function_call",
      id: `fc_${callId}`,
      name,
      arguments: args,
      call_id: callId,
    },
  };
}

/** A whole answer that calls. */
export function calls(...events: ModelEvent[]): ModelEvent[] {
  return [...events, completed()];
}

/** What a turn is given to do. */
export function order(text: string, parts: Partial<TurnOrder> = {}): TurnOrder {
  return {
    input: [{ type: "text", text }],
    clientUserMessageId: null,
    rootTurnId: "turn",
    turnTrigger: null,
    settings,
    outputSchema: null,
    clientMetadata: {},
    additionalContext: {},
    startedAtMs: 1,
    ...parts,
  };
}

/** An inbox that can be filled. */
export class Inbox {
  readonly waiting: SteeredInput[] = [];
  #heard: () => void = () => {};

  say(text: string): void {
    this.waiting.push({
      input: [{ type: "text", text }],
      clientUserMessageId: null,
    });
    this.#heard();
  }

  listen(heard: () => void): () => void {
    this.#heard = heard;
    if (this.waiting.length > 0) heard();
    return () => {
      this.#heard = () => {};
    };
  }

  take(): SteeredInput[] {
    return this.waiting.splice(0);
  }
}

/** An agent with all that it needs, and what can be seen of it. */
export function rehearse(
  answers: readonly Answer[],
  parts: Partial<AgentOptions> & { tools?: () => readonly Tool[] } = {},
  table: ConfigTable = {},
) {
  const model = new ScriptedModel(answers);
  const stage = new FakeStage();
  const clock = new FakeClock();
  const steering = new Inbox();
  const controller = new AbortController();
  const agent = createAgent({
    threadId: "thread",
    sessionId: "thread",
    config: new Config({ effective: table }),
    home: "/nowhere",
    model: () => model,
    facts: () => facts,
    tools: () => [],
    baseInstructions: "BASE",
    developerInstructions: null,
    installationId: "installation",
    originator: "test",
    past: { history: [], usage: null, compactions: 0, lastContext: null },
    clock,
    ...parts,
  });
  const run = (text: string, order_: Partial<TurnOrder> = {}) =>
    agent.run(order(text, order_), stage, {
      signal: controller.signal,
      steering,
    });
  return { agent, model, stage, clock, steering, controller, run };
}

/** The texts of a conversation, short: who said what. */
export function toShort(items: readonly ResponseItem[]): string[] {
  return items.map((item) => {
    const { role, content, call_id, output } = item as {
      role?: string;
      content?: { text?: string }[];
      call_id?: string;
      output?: unknown;
    };
    if (item.type === "message") {
      const text = content?.map((part) => part.text ?? "[image]").join("|") ??
        "";
      return `${role}: ${text.length > 40 ? `${text.slice(0, 40)}…` : text}`;
    }
    return `${item.type} ${call_id ?? ""}${
      output === undefined ? "" : `: ${output}`
    }`;
  });
}
