import type { Agent, AgentOptions, Past } from "../agent/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Models } from "../model/mod.ts";
import {
  Announcement,
  type DynamicToolSpec,
  type JsonValue,
  RpcError,
  type Thread as ThreadView,
  type ThreadSettings,
  type ThreadStartParams,
  type ThreadStartResponse,
} from "../protocol/mod.ts";
import { Rollout, toRolloutPath } from "../rollout/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Toolbox } from "../tools/mod.ts";
import { Attendance } from "./attendance.ts";
import type { Attendee, Audience } from "./audience.ts";
import { Journal } from "./journal.ts";
import { resolveSettings } from "./settings.ts";
import { Thread } from "./thread.ts";
import { toThreadId } from "./thread_id.ts";
import { Uuid7 } from "./uuid7.ts";

/** Where threads live. */
export interface ThreadsOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Where relative paths start. Default: where this process runs. */
  readonly cwd?: () => string;
  /** Version that threads are stored with. */
  readonly version: string;
  /** The connections. */
  readonly audience: Audience;
  readonly log: Logger;
  /** Identity of this installation, for model providers. */
  readonly installationId: string;
  /**
   * The configuration of a thread.
   *
   * @throws {Error} if it is broken; the message says where.
   */
  readonly configFor: (
    asked: { cwd: string; overrides: Readonly<Record<string, JsonValue>> },
  ) => Promise<Config>;
  /** Who asks models, under a configuration, in the name of a client. */
  readonly createModels: (config: Config, originator: string) => Models;
  readonly createAgent: (options: AgentOptions) => Agent;
  readonly createToolbox: (asked: {
    threadId: string;
    config: Config;
    dynamicTools: readonly DynamicToolSpec[];
  }) => Toolbox;
}

/** A conversation that has not begun. */
const noPast: Past = {
  history: [],
  usage: null,
  compactions: 0,
  lastContext: null,
};

/** The threads of a server. */
export class Threads implements AsyncDisposable {
  readonly #options: ThreadsOptions;
  readonly #loaded = new Map<string, Thread>();
  readonly #ids = new Uuid7();

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  /** Makes the attendance of a connection; the function is the key to it. */
  readonly createAttendance = (attendee: Attendee): Attendance =>
    new Attendance(attendee);

  /** Ids of the threads that are loaded, oldest first. */
  get loaded(): string[] {
    return [...this.#loaded.keys()];
  }

  /** An id that comes after all others. */
  nextId(): string {
    return this.#ids.next();
  }

  /** Resolves when no turn runs. */
  async drain(): Promise<void> {
    while (this.#loaded.values().some((one) => !one.isIdle)) {
      await Promise.all(this.#loaded.values().map((one) => one.settled()));
    }
  }

  /**
   * A thread that is loaded.
   *
   * @throws {RpcError} if there is none of that id.
   */
  get(threadId: string): Thread {
    const thread = this.#loaded.get(toThreadId(threadId));
    if (thread !== undefined) return thread;
    throw RpcError.invalidRequest(`thread not found: ${threadId}`);
  }

  /** The same, or nothing. */
  find(threadId: string): Thread | undefined {
    return this.#loaded.get(toThreadId(threadId));
  }

  /** Starts a thread. Call the second half once the client knows of it. */
  async start(
    params: ThreadStartParams,
    client: { name: string },
  ): Promise<{ thread: Thread; response: ThreadStartResponse }> {
    const id = this.#ids.next();
    const cwd = this.resolve(params.cwd ?? undefined);
    const config = await this.#readConfig(cwd, params.config ?? {});
    const models = this.#options.createModels(config, client.name);
    const settings = resolveSettings(params, {}, {
      config,
      cwd,
      defaultModel: models.defaultModel,
      serviceTiers: (model) => models.facts(model).serviceTiers,
    });
    checkProvider(models, settings);
    const createdAtMs = Date.now();
    const isEphemeral = params.ephemeral ?? false;
    const path = isEphemeral
      ? null
      : toRolloutPath(this.#options.home, id, new Date(createdAtMs));
    const seconds = Math.floor(createdAtMs / 1000);
    const view: ThreadView = {
      id,
      environments: settings.environments,
      extra: null,
      sessionId: id,
      forkedFromId: null,
      attachedToThreadId: null,
      parentThreadId: null,
      preview: "",
      ephemeral: isEphemeral,
      section: null,
      sectionEnteredAt: null,
      projectId: params.projectId ?? null,
      historyMode: params.historyMode ?? "paginated",
      modelProvider: settings.modelProvider,
      model: settings.model,
      reasoningEffort: settings.effort,
      createdAt: seconds,
      updatedAt: seconds,
      recencyAt: seconds,
      status: { type: "idle" },
      path,
      cwd,
      cliVersion: this.#options.version,
      originator: client.name,
      source: "vscode",
      canAcceptDirectInput: true,
      threadSource: params.threadSource ?? null,
      agentNickname: null,
      agentRole: null,
      gitInfo: null,
      name: null,
      daybreakEnabled: params.daybreakEnabled ?? null,
      turns: [],
    };
    const thread = this.#load({
      view,
      settings,
      config,
      models,
      past: noPast,
      dynamicTools: params.dynamicTools ?? [],
      baseInstructions: params.baseInstructions ?? null,
      developerInstructions: params.developerInstructions ?? null,
      originator: client.name,
      rollout: path === null ? undefined : Rollout.create(path, {
        session_id: id,
        id,
        timestamp: new Date(createdAtMs).toISOString(),
        cwd,
        originator: client.name,
        cli_version: this.#options.version,
        source: view.source,
        model_provider: settings.modelProvider,
        history_mode: view.historyMode,
      }, { log: this.#options.log }),
    });
    return { thread, response: await this.toResponse(thread) };
  }

  /** What clients are told who open a thread. */
  async toResponse(thread: Thread): Promise<ThreadStartResponse> {
    const { settings } = thread;
    const sources = await thread.agent.instructionSources(settings.cwd);
    return {
      thread: thread.view,
      model: settings.model,
      modelProvider: settings.modelProvider,
      serviceTier: settings.serviceTier,
      disabledPluginIds: settings.disabledPluginIds,
      cwd: settings.cwd,
      runtimeWorkspaceRoots:
        settings.environments?.[0]?.runtimeWorkspaceRoots ?? [],
      instructionSources: sources,
      approvalPolicy: settings.approvalPolicy,
      approvalsReviewer: settings.approvalsReviewer,
      sandbox: settings.sandboxPolicy,
      activePermissionProfile: settings.activePermissionProfile,
      reasoningEffort: settings.effort,
      multiAgentMode: settings.multiAgentMode,
    };
  }

  /** Tells everybody of a thread that was opened. */
  tellStarted(thread: Thread): void {
    thread.proclaim("thread/started", {
      thread: { ...thread.view, turns: [] },
    });
  }

  /** Makes a path absolute, as clients mean it. */
  resolve(path: string | undefined): string {
    const cwd = (this.#options.cwd ?? Deno.cwd)();
    if (path === undefined || path === "") return cwd;
    return path.startsWith("/") ? path : `${cwd}/${path}`;
  }

  /** Tells everybody something that belongs to no loaded thread. */
  announce(announcement: Announcement): void {
    this.#options.audience.announce(announcement);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const threads = [...this.#loaded.values()];
    await Promise.all(threads.map((one) => one[Symbol.asyncDispose]()));
    this.#loaded.clear();
  }

  #load(parts: {
    view: ThreadView;
    settings: ThreadSettings;
    config: Config;
    models: Models;
    past: Past;
    dynamicTools: readonly DynamicToolSpec[];
    baseInstructions: string | null;
    developerInstructions: string | null;
    originator: string;
    rollout: Rollout | undefined;
  }): Thread {
    const { home, log, audience, createToolbox, createAgent } = this.#options;
    const { view, settings, config, models } = parts;
    const toolbox = createToolbox({
      threadId: view.id,
      config,
      dynamicTools: parts.dynamicTools,
    });
    const agent = createAgent({
      threadId: view.id,
      sessionId: view.sessionId,
      config,
      home,
      model: (provider) => models.model(provider),
      facts: (slug) => models.facts(slug),
      tools: () => toolbox.tools(),
      baseInstructions: parts.baseInstructions,
      developerInstructions: parts.developerInstructions,
      installationId: this.#options.installationId,
      originator: parts.originator,
      past: parts.past,
    });
    const journal = new Journal(parts.rollout);
    const thread = new Thread({
      view,
      settings,
      agent,
      toolbox,
      journal,
      models,
      config,
      audience,
      log,
      onChange: () => {},
    });
    this.#loaded.set(view.id, thread);
    return thread;
  }

  async #readConfig(
    cwd: string,
    overrides: Readonly<Record<string, JsonValue>>,
  ): Promise<Config> {
    try {
      return await this.#options.configFor({ cwd, overrides });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw RpcError.invalidRequest(`failed to load configuration: ${reason}`);
    }
  }
}

function checkProvider(models: Models, { modelProvider }: ThreadSettings) {
  if (models.has(modelProvider)) return;
  throw RpcError.invalidRequest(
    `failed to load configuration: Model provider \`${modelProvider}\` not found`,
  );
}
