import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { Access, type AccessRules } from "../access/mod.ts";
import { Config, type ConfigTable } from "../config/mod.ts";
import { Programs } from "../exec/mod.ts";
import type { ModelFacts } from "../model/mod.ts";
import {
  type NotificationName,
  RpcError,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
  type ThreadItem,
  type ThreadSettings,
} from "../protocol/mod.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { createSpawner } from "../spawn/mod.ts";
import { createToolbox, type ToolboxOptions } from "./create_toolbox.ts";
import type { AskOptions, Stage } from "./stage.ts";
import type { ToolCall, ToolContext, ToolOutput } from "./tool.ts";
import type { Toolbox } from "./toolbox.ts";

/** Something that was told or asked. */
export type Told = readonly [what: string, ...about: unknown[]];

/** Answers a question. */
export type Answerer = (
  method: ServerMethodName,
  params: never,
  signal: AbortSignal,
) => unknown;

/** Writes down what is played on it, and answers by a script. */
export class FakeStage implements Stage {
  readonly threadId = "thread";
  readonly turnId: string;
  readonly told: Told[] = [];
  readonly items = new Map<string, ThreadItem>();
  readonly records: unknown[] = [];
  answer: Answerer = () => new Promise(() => {});
  /** Called for each thing that is told. */
  onTold: () => void = () => {};

  constructor(turnId = "turn") {
    this.turnId = turnId;
  }

  started(item: ThreadItem): void {
    this.items.set(item.id, item);
    this.#note("started", item);
  }

  completed(item: ThreadItem): void {
    this.items.set(item.id, item);
    this.#note("completed", item);
  }

  tell<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    this.#note(method, params);
  }

  record(...records: unknown[]): void {
    this.records.push(...records);
  }

  async ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    { signal, item, waitingOn }: AskOptions,
  ): Promise<ServerRequests[M]["result"]> {
    if (waitingOn) this.#note(waitingOn);
    if (item) this.started(item);
    this.#note(method, params);
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), {
        once: true,
      })
    );
    const answer = Promise.try(() =>
      this.answer(method, params as never, signal)
    );
    const result = await Promise.race([answer, aborted]);
    return result as ServerRequests[M]["result"];
  }

  /** Names of all that was told but pieces of output, in order. */
  get order(): string[] {
    return this.told.map(([what]) => what)
      .filter((what) => what !== "item/commandExecution/outputDelta");
  }

  /** All pieces of output of an item together. */
  deltas(itemId: string): string {
    return this.told.filter(([what]) =>
      what === "item/commandExecution/outputDelta"
    ).map(([, params]) => params as { itemId: string; delta: string })
      .filter((params) => params.itemId === itemId)
      .map(({ delta }) => delta).join("");
  }

  /** Resolves as soon as it holds; after so many milliseconds it fails. */
  async until(holds: () => boolean, ms = 60_000): Promise<void> {
    if (holds()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => reject(new Error("too late")), ms);
    const before = this.onTold;
    this.onTold = () => {
      before();
      if (holds()) resolve();
    };
    try {
      await promise;
    } finally {
      clearTimeout(late);
      this.onTold = before;
    }
  }

  #note(...told: [string, ...unknown[]]): void {
    this.told.push(told);
    this.onTold();
  }
}

/** An answer that is an error. */
export function refuse(): never {
  throw new RpcError(-32000, "no");
}

/** A model that is in the catalogue. */
export const model: ModelFacts = {
  slug: "model",
  isKnown: true,
  contextWindow: null,
  autoCompactTokens: null,
  defaultEffort: null,
  efforts: ["low", "high"],
  utmostEffort: "max",
  defaultSummary: "auto",
  callsInParallel: true,
  hasPatchTool: true,
  hasShell: true,
  findsTools: true,
  outputUnit: "tokens",
  baseInstructions: null,
  maxOutputTokens: 10_000,
  defaultVerbosity: null,
  serviceTiers: [],
};

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** How a ground differs from the usual. */
export interface GroundOptions {
  readonly config?: Record<string, unknown>;
  readonly rules?: AccessRules;
  readonly settings?: Partial<ThreadSettings>;
  readonly toolbox?: Partial<ToolboxOptions>;
}

/** A thread with real files, programs and sandbox. */
export interface Ground extends AsyncDisposable {
  /** Where the thread works. */
  readonly cwd: string;
  readonly home: string;
  readonly settings: ThreadSettings;
  readonly toolbox: Toolbox;
  readonly programs: Programs;
  readonly stage: FakeStage;
  /**
   * Calls a tool as a model does. Commands are waited for as long as can be,
   * unless the input says else: a busy machine may need more than is usual.
   */
  call(
    name: string,
    input: unknown,
    options?: Partial<ToolContext> & Partial<ToolCall>,
  ): Promise<ToolOutput>;
  /** Calls, and gives the text. */
  text(
    name: string,
    input: unknown,
    options?: Partial<ToolContext> & Partial<ToolCall>,
  ): Promise<string>;
}

/** Makes one: everything is allowed unless options say otherwise. */
export async function createGround(
  options: GroundOptions = {},
): Promise<Ground> {
  const directory = await createTempDir();
  const cwd = `${directory.path}/w`;
  const home = `${directory.path}/h`;
  await Deno.mkdir(cwd);
  await Deno.mkdir(home);
  const access = await Access.create(options.rules ?? {});
  const config = new Config({
    effective: (options.config ?? {}) as ConfigTable,
  });
  const sandbox = createSandbox({ config, access, home });
  const programs = new Programs({
    createSpawner: () => createSpawner(),
    access,
    sandbox,
  });
  const toolbox = createToolbox({
    programs,
    sandbox,
    access,
    config,
    home,
    dynamicTools: [],
    log: silent as unknown as ToolboxOptions["log"],
    ...options.toolbox,
  });
  const stage = new FakeStage();
  const settings = {
    disabledPluginIds: [],
    cwd,
    environments: null,
    approvalPolicy: "never",
    approvalsReviewer: "user",
    sandboxPolicy: { type: "dangerFullAccess" },
    activePermissionProfile: null,
    model: "model",
    modelProvider: "provider",
    serviceTier: null,
    effort: null,
    summary: null,
    collaborationMode: {
      mode: "default",
      settings: {
        model: "model",
        reasoning_effort: null,
        developer_instructions: null,
      },
    },
    multiAgentMode: "explicitRequestOnly",
    personality: null,
    ...options.settings,
  } as ThreadSettings;
  let calls = 0;
  const call: Ground["call"] = (name, input, more = {}) => {
    const tool = toolbox.tools().find((one) =>
      one.name === name && one.namespace === (more.namespace ?? undefined)
    );
    if (tool === undefined) throw new TypeError(`no tool "${name}"`);
    const isText = typeof input === "string";
    const patient = name === "exec_command" && isPlainObject(input)
      ? { yield_time_ms: 30_000, ...input }
      : input;
    return tool.call({
      callId: more.callId ?? `c${++calls}`,
      name,
      namespace: more.namespace,
      input: isText ? input : JSON.stringify(patient),
      kind: more.kind ?? (isText ? "custom" : "function"),
    }, {
      stage,
      settings,
      model,
      signal: new AbortController().signal,
      ...more,
    });
  };
  return {
    cwd,
    home,
    settings,
    toolbox,
    programs,
    stage,
    call,
    async text(...args) {
      const { output } = await call(...args);
      return typeof output === "string" ? output : JSON.stringify(output);
    },
    async [Symbol.asyncDispose]() {
      await toolbox[Symbol.asyncDispose]();
      await programs[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a command's output, without what differs from run to run. */
export function plain(text: string): string {
  return text.replace(/Chunk ID: [0-9a-f]{6}/, "Chunk ID: X")
    .replace(/Wall time: \d+\.\d+/, "Wall time: T")
    .replace(/session ID \d+/, "session ID N");
}
