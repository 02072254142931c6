import { createAgent } from "../agent/mod.ts";
import { Config } from "../config/mod.ts";
import type {
  Model,
  ModelEvent,
  ModelFacts,
  ModelRequest,
  Models,
  ToolSpec,
} from "../model/mod.ts";
import type { Announcement, ServerMethodName } from "../protocol/mod.ts";
import { silentLogger } from "../telemetry/mod.ts";
import type { Toolbox } from "../tools/mod.ts";
import type { Attendance } from "./attendance.ts";
import type { Attendee } from "./audience.ts";
import { Threads } from "./threads.ts";
import type { ThreadsOptions } from "./threads_options.ts";

/** What a scripted model answers with, or does in place of an answer. */
export type Scripted = (
  request: ModelRequest,
  signal: AbortSignal,
) => AsyncIterable<ModelEvent>;

/** An answer that says one thing. */
export function saying(text: string): Scripted {
  return async function* () {
    const item = { type: "message", role: "assistant", id: "m1" } as const;
    yield { type: "created", responseId: "r" };
    yield { type: "itemAdded", item: { ...item, content: [] } };
    yield { type: "textDelta", itemId: "m1", delta: text };
    yield {
      type: "itemDone",
      item: { ...item, content: [{ type: "output_text", text }] },
    };
    yield { type: "completed", responseId: "r", usage, endTurn: undefined };
  };
}

const usage = {
  inputTokens: 10,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 5,
  reasoningOutputTokens: 0,
  totalTokens: 15,
};

const facts: ModelFacts = {
  slug: "m",
  isKnown: true,
  contextWindow: 1000,
  autoCompactTokens: null,
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
  maxOutputTokens: 1000,
  defaultVerbosity: null,
  serviceTiers: [],
};

/** A client in memory. */
export class Listener implements Attendee {
  readonly client = {
    name: "test",
    experimentalApi: true,
    gangway: {},
  };
  /** All that it was told, in order. */
  readonly heard: Announcement[] = [];
  /** All that it was asked. */
  readonly asked: {
    id: number;
    method: ServerMethodName;
    answer(result: unknown): void;
    refuse(error: Error): void;
    signal: AbortSignal;
  }[] = [];
  #wake: (() => void)[] = [];

  announce(announcement: Announcement): void {
    this.heard.push(announcement);
    for (const wake of this.#wake.splice(0)) wake();
  }

  ask(
    method: ServerMethodName,
    _params: unknown,
    { id, signal }: { id: number; signal: AbortSignal },
  ): Promise<never> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("withdrawn")));
      this.asked.push({
        id,
        method,
        signal,
        answer: (result) => resolve(result as never),
        refuse: reject,
      });
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** Names of what it was told. */
  get methods(): string[] {
    return this.heard.map(({ method }) => method);
  }

  /** Waits until it was told something of this name, behind `from`. */
  async until(method: string, from = 0): Promise<Announcement> {
    for (;;) {
      const found = this.heard.slice(from).find((one) => one.method === method);
      if (found !== undefined) return found;
      await this.#more();
    }
  }

  /** Waits until it was asked so many questions. */
  async untilAsked(count = 1): Promise<void> {
    while (this.asked.length < count) await this.#more();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}

/** Threads in a home of their own, with a model that follows a script. */
export async function openWorld(
  script: Scripted[],
  home?: string,
  options: Partial<ThreadsOptions> = {},
): Promise<
  {
    threads: Threads;
    listeners: Set<Listener>;
    requests: ModelRequest[];
    home: string;
    attend(listener: Listener): Attendance;
  } & AsyncDisposable
> {
  const at = home ?? await Deno.makeTempDir();
  const listeners = new Set<Listener>();
  const requests: ModelRequest[] = [];
  const model: Model = {
    maxStreamRetries: 0,
    stream(request, { signal }) {
      requests.push(request);
      return (script.shift() ?? saying("done"))(request, signal);
    },
  };
  const models: Models = {
    defaultModel: "m",
    has: () => true,
    model: () => model,
    facts: () => facts,
  };
  let asked = 0;
  const threads = new Threads({
    home: at,
    cwd: () => at,
    version: "0.169.0",
    audience: {
      announce(announcement, except) {
        for (const one of listeners) {
          if (!except?.has(one)) one.announce(announcement);
        }
      },
      nextRequestId: () => asked++,
    },
    log: silentLogger,
    installationId: "i",
    configFor: () => Promise.resolve(new Config()),
    createModels: () => models,
    createAgent,
    createReviewer: () => ({ review: () => Promise.reject(new Error("no")) }),
    baseInstructions: "Be good",
    createToolbox: () => emptyToolbox,
    ...options,
  });
  return {
    threads,
    listeners,
    requests,
    home: at,
    attend(listener) {
      listeners.add(listener);
      return threads.createAttendance(listener);
    },
    async [Symbol.asyncDispose]() {
      await threads[Symbol.asyncDispose]();
      if (home === undefined) await Deno.remove(at, { recursive: true });
    },
  };
}

/** Nothing that a model could call. */
/** How models are told of a tool of a test: what they are not told of, they cannot call. */
export const actSpec: ToolSpec = {
  type: "function",
  name: "act",
  description: "Acts",
  strict: false,
  parameters: { type: "object" },
};

export const emptyToolbox: Toolbox = {
  terminals: {
    list: () => [],
    terminate: () => false,
    clean: () => Promise.resolve(),
  },
  tools: () => [],
  runShell: () => Promise.resolve(""),
  tellDiff: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
