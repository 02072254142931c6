import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { Access } from "../access/mod.ts";
import {
  Config,
  type ConfigTable,
  type ThreadConfigRequest,
} from "../config/mod.ts";
import { Programs } from "../exec/mod.ts";
import type { ModelFacts } from "../model/mod.ts";
import type {
  Announcement,
  ConfigBatchWriteParams,
  McpServerStatusUpdatedNotification,
  ThreadSettings,
} from "../protocol/mod.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { createSpawner } from "../spawn/mod.ts";
import { silentLogger } from "../telemetry/mod.ts";
import type { AskOptions, Stage, ToolOutput } from "../tools/mod.ts";
import { McpServers } from "./mcp_servers.ts";
import type { PluginServer } from "./plugin_server.ts";
import type { ThreadServers } from "./thread_servers.ts";

/** Answers a question to people. */
export type Answerer = (params: unknown, signal: AbortSignal) => unknown;

/** Writes down what is played on it, and answers by a script. */
export class FakeStage {
  readonly threadId: string;
  readonly turnId = "turn";
  readonly told: unknown[][] = [];
  answer: Answerer = () => new Promise(() => {});

  constructor(threadId = "thread") {
    this.threadId = threadId;
  }

  started(item: unknown): void {
    this.told.push(["started", item]);
  }

  completed(item: unknown): void {
    this.told.push(["completed", item]);
  }

  tell(method: string, params: unknown): void {
    this.told.push([method, params]);
  }

  record(): void {}

  async ask(
    method: string,
    params: unknown,
    { signal, waitingOn }: AskOptions,
  ): Promise<unknown> {
    this.told.push([method, params, waitingOn]);
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason));
    if (signal.aborted) reject(signal.reason);
    const answer = Promise.try(() => this.answer(params, signal));
    return await Promise.race([answer, promise]);
  }

  /** The last item that was complete, without its times. */
  get item(): Record<string, unknown> {
    const last = this.told.findLast(([what]) => what === "completed");
    return { ...last?.[1] as Record<string, unknown>, durationMs: 0 };
  }

  /** As tools take it. */
  get stage(): Stage {
    return this as unknown as Stage;
  }
}

/** A model that is in the catalogue. */
export const model = {
  slug: "model",
  isKnown: true,
  findsTools: true,
  maxOutputTokens: 1000,
} as ModelFacts;

/** How a turn is set up. */
export function settings(more: Partial<ThreadSettings> = {}): ThreadSettings {
  return {
    approvalPolicy: "on-request",
    approvalsReviewer: "user",
    sandboxPolicy: { type: "readOnly", networkAccess: false },
    ...more,
  } as ThreadSettings;
}

/** Command line of a fixture. */
export function fixture(name: string, ...args: string[]): ConfigTable {
  const { pathname } = new URL(`../../tests/fixtures/${name}`, import.meta.url);
  return {
    command: Deno.execPath(),
    args: ["run", "-A", "--no-check", pathname, ...args],
  };
}

/** What a ground is made of. */
export interface GroundOptions {
  readonly config?: ConfigTable;
  readonly env?: Record<string, string>;
  /** Environment that programs start from. */
  readonly environment?: Record<string, string>;
  /** Servers that plugins bring. */
  readonly brought?: readonly PluginServer[];
}

/** MCP servers with real programs. */
export class Ground implements AsyncDisposable {
  readonly news: McpServerStatusUpdatedNotification[] = [];
  readonly announced: Announcement[] = [];
  /** Configurations that were asked for. */
  /** Why the configuration cannot be read, if it is to be broken. */
  brokenConfig: Error | undefined;
  readonly asked: ThreadConfigRequest[] = [];
  readonly written: ConfigBatchWriteParams[] = [];
  readonly stage = new FakeStage(THREAD_ID);
  /** Configuration as it is now. */
  config: Config;
  /** Called whenever something is told. */
  onTold: () => void = () => {};

  private constructor(
    readonly home: string,
    readonly programs: Programs,
    readonly stack: AsyncDisposableStack,
    readonly servers: McpServers,
    config: Config,
  ) {
    this.config = config;
  }

  /** Makes one. */
  static async create(
    mcp_servers: ConfigTable,
    { config = {}, env = {}, environment, brought = [] }: GroundOptions = {},
  ): Promise<Ground> {
    const stack = new AsyncDisposableStack();
    const { path } = stack.use(await createTempDir());
    const access = await Access.create({});
    const all = new Config({ effective: { ...config, mcp_servers } });
    const sandbox = stack.use(
      createSandbox({ config: all, access, home: path }),
    );
    const programs = stack.use(
      new Programs({
        createSpawner,
        access,
        sandbox,
        ...environment && { env: () => environment },
      }),
    );
    const servers: McpServers = stack.use(
      new McpServers({
        home: path,
        version: "1.0.0",
        programs,
        env: { get: (name) => env[name] },
        configFor: (asked) => {
          ground.asked.push(asked);
          return ground.brokenConfig === undefined
            ? Promise.resolve(ground.config)
            : Promise.reject(ground.brokenConfig);
        },
        findBrought: () => Promise.resolve(brought),
        writeConfig: (params) => Promise.resolve(ground.written.push(params)),
        announce: (announcement) => {
          ground.announced.push(announcement);
          ground.onTold();
        },
        cwd: () => path,
        log: silentLogger,
      }),
    );
    const ground: Ground = new Ground(path, programs, stack, servers, all);
    return ground;
  }

  /** Opens the servers of a thread. */
  open(threadId: string = THREAD_ID): ThreadServers {
    return this.servers.open({
      config: this.config,
      cwd: this.home,
      reviewer: undefined,
      voice: {
        threadId,
        tell: (news) => {
          this.news.push(news);
          this.onTold();
        },
        ask: async (params, signal) =>
          await this.stage.ask("question without a turn", params, {
            signal,
          }) as never,
      },
    });
  }

  /** Calls a tool as a model does. */
  async call(
    thread: ThreadServers,
    name: string,
    input: unknown = {},
    more: { settings?: ThreadSettings; signal?: AbortSignal } = {},
  ): Promise<ToolOutput> {
    const tool = thread.tools().find((one) => one.name === name);
    if (tool === undefined) throw new TypeError(`no tool "${name}"`);
    return await tool.call({
      callId: "c1",
      name,
      namespace: tool.namespace,
      input: JSON.stringify(input),
      kind: "function",
    }, {
      stage: this.stage.stage,
      settings: settings(),
      model,
      signal: new AbortController().signal,
      ...more,
    });
  }

  /** Resolves when it holds, or fails after a minute. */
  async until(holds: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => reject(new Error("too late")), 60_000);
    this.onTold = () => holds() && resolve();
    this.onTold();
    await promise.finally(() => clearTimeout(late));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}

/** The thread of a ground. */
export const THREAD_ID = "01a1ff19-8a0a-79a2-8bbf-2f52ddf5cfe7";

/** What a model reads, without how long it took. */
export function plain({ output }: ToolOutput): string {
  const text = typeof output === "string"
    ? output
    : output.map((part) => "text" in part ? part.text : part.image_url)
      .join("\n");
  return text.replace(/Wall time: \d+\.\d{4}/, "Wall time: T");
}
