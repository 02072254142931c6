import type { Config, TrustLevel, WishedPermissions } from "../config/mod.ts";
import { type Catalog, openCatalog } from "../catalog/mod.ts";
import type { Models } from "../model/mod.ts";
import {
  Announcement,
  type ConfigWarningNotification,
  type JsonValue,
  RpcError,
  type Thread as ThreadView,
  type ThreadSettings,
  toThreadId,
  Uuid7Sequence,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { toRow } from "./_to_row.ts";
import type { Agenda } from "./agenda.ts";
import { assembleThread } from "./assemble_thread.ts";
import { Attendance } from "./attendance.ts";
import type { Attendee } from "./audience.ts";
import { ClientPaths } from "./client_paths.ts";
import { Histories } from "./histories.ts";
import type { Household } from "./household.ts";
import { IdleWatch } from "./idle_watch.ts";
import type { Thread } from "./thread.ts";
import type { ThreadSeed, ThreadsOptions } from "./threads_options.ts";

/** As long as the reference keeps a thread that nobody follows. */
const IDLE_UNLOAD_MS = 60_000;

/** The threads of a server. */
export class Threads implements Household, AsyncDisposable {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Version that threads are stored with. */
  readonly version: string;
  readonly log: Logger;
  /** What threads that are started are listed as. */
  readonly source: "vscode" | "exec";
  /** What models are told first when a client does not say. */
  readonly baseInstructions: string;
  /** Pasts of threads that are read without being loaded. */
  readonly histories: Histories;
  readonly paths: ClientPaths;
  readonly #opening = new Map<string, Promise<Thread>>();
  readonly #options: ThreadsOptions;
  readonly #loaded = new Map<string, Thread>();
  readonly #agendas = new Map<string, Agenda>();
  /** Threads that are being let go of because nobody was there. */
  readonly #closing = new Map<string, Promise<void>>();
  readonly #watch: IdleWatch;
  #isDraining = false;
  readonly #ids = new Uuid7Sequence();
  #catalog: Promise<Catalog> | undefined;

  constructor(options: ThreadsOptions) {
    this.#options = options;
    this.home = options.home;
    this.version = options.version;
    this.source = options.source ?? "vscode";
    this.baseInstructions = options.baseInstructions;
    this.log = options.log;
    this.histories = new Histories(options.home);
    this.paths = new ClientPaths({
      home: options.home,
      cwd: options.cwd,
      access: options.access,
    });
    this.#watch = new IdleWatch(
      options.idleUnloadMs ?? IDLE_UNLOAD_MS,
      (id) => this.#considerUnloading(id),
      options.clock,
    );
  }

  /** Makes the attendance of a connection; the function is the key to it. */
  readonly createAttendance = (attendee: Attendee): Attendance =>
    new Attendance(attendee);

  /** Ids of the threads that are loaded, oldest first. */
  get loaded(): string[] {
    return [...this.#loaded.keys()];
  }

  /** What is known of stored threads; opened at the first call. */
  catalog(): Promise<Catalog> {
    return this.#catalog ??= openCatalog({
      home: this.home,
      log: this.log,
      nextId: () => this.#ids.next(),
      cwd: this.paths.resolve(undefined),
    });
  }

  /** An id that comes after all others. */
  nextId(): string {
    return this.#ids.next();
  }

  /** Ids of the places beside this machine, in order. */
  get environmentIds(): readonly string[] {
    return this.#options.places?.()?.ids ?? [];
  }

  /** Tells who follows a thread that another place of it came or went. */
  tellEnvironment(environmentId: string, isConnected: boolean): void {
    const method = isConnected
      ? "thread/environment/connected"
      : "thread/environment/disconnected";
    for (const thread of this.#loaded.values()) {
      const { threadId, settings } = thread;
      const isItsOwn = settings.environments?.some((one) =>
        one.environmentId === environmentId
      );
      if (isItsOwn) thread.publish(method, { threadId, environmentId });
    }
  }

  /** Whether no thread is to begin anything by itself any more. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Resolves when no turn runs. */
  async drain(): Promise<void> {
    this.#isDraining = true;
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
    const thread = this.find(threadId);
    if (thread !== undefined) return thread;
    throw RpcError.invalidRequest(`thread not found: ${threadId}`);
  }

  /** The same, or nothing. */
  find(threadId: string): Thread | undefined {
    const thread = this.#loaded.get(toThreadId(threadId));
    if (thread !== undefined) this.#watch.touch(thread.threadId);
    return thread;
  }

  /**
   * Tells everybody what is odd about the configuration of a thread alone, and
   * its followers all that is odd about it. What was not granted they are told
   * when the thread introduces itself.
   */
  tellWarnings(thread: Thread): void {
    const { threadId, config, fallbacks } = thread;
    const told = new Set(
      this.#options.toldWarnings?.map((one) => JSON.stringify(one)),
    );
    const isNews = (warning: ConfigWarningNotification) =>
      !told.has(JSON.stringify(warning));
    for (const warning of config.warnings) {
      if (isNews(warning)) this.#tell("configWarning", warning);
      thread.publish("warning", { threadId, message: warning.summary });
    }
    const fallenBack = fallbacks.map((summary) => ({ summary, details: null }));
    for (const warning of fallenBack.filter(isNews)) {
      this.#tell("configWarning", warning);
    }
  }

  /** Tells everybody of a thread that was opened. */
  tellStarted(thread: Thread): void {
    thread.proclaim("thread/started", {
      thread: { ...thread.view, turns: [] },
    });
  }

  /** Tells everybody something that belongs to no loaded thread. */
  announce(announcement: Announcement): void {
    this.#options.audience.announce(announcement);
  }

  /** Where a stored thread lies, as far as the catalog knows. */
  async findPath(id: string): Promise<string | undefined> {
    return (await this.catalog()).threads.get(id)?.path;
  }

  /** What the catalog knows of a stored thread. */
  async readRow(id: string): Promise<ThreadView | undefined> {
    return (await this.catalog()).threads.read(id);
  }

  /**
   * The configuration of a thread.
   *
   * @param wished What the request wants of permissions besides.
   * @throws {RpcError} if it is broken, or can't be used with what is wished.
   */
  async readConfig(
    cwd: string,
    overrides: Readonly<Record<string, JsonValue>>,
    wished: WishedPermissions = {},
  ): Promise<Config> {
    try {
      return await this.#options.configFor({
        cwd,
        overrides,
        wished: {
          sandbox: wished.sandbox ?? null,
          permissions: wished.permissions ?? null,
          approvalPolicy: wished.approvalPolicy ?? null,
        },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw RpcError.invalidRequest(`failed to load configuration: ${reason}`);
    }
  }

  /** What the user says of the project around a directory. */
  async findTrust(
    config: Config,
    cwd: string,
  ): Promise<TrustLevel | undefined> {
    return await this.#options.findTrust?.(config, cwd);
  }

  /** The models of a configuration. */
  createModels(config: Config, originator: string): Models {
    return this.#options.createModels(config, originator);
  }

  /** @throws {RpcError} if the settings name a provider that there is not. */
  checkProvider(models: Models, { modelProvider }: ThreadSettings): void {
    if (models.has(modelProvider)) return;
    throw RpcError.invalidRequest(
      "failed to load configuration: " +
        `Model provider \`${modelProvider}\` not found`,
    );
  }

  /** Loads a thread: from here on it is found by its id. */
  load(seed: ThreadSeed): Thread {
    const { id } = seed.view;
    const { thread, agenda } = assembleThread(seed, {
      options: this.#options,
      household: this,
      onRest: () => this.#watch.touch(id),
      onChange: (thread) => this.#enter(thread),
    });
    this.#loaded.set(id, thread);
    this.#watch.touch(id);
    this.#agendas.set(id, agenda);
    return thread;
  }

  /**
   * Waits for the tools without which a thread can't be; one that can't have
   * them is unloaded.
   *
   * @throws {RpcError} says which.
   */
  async equip(thread: Thread): Promise<Thread> {
    try {
      await thread.external.required();
      return thread;
    } catch (error) {
      await this.unload(thread);
      const reason = error instanceof Error ? error.message : String(error);
      throw RpcError.internal(
        "error creating thread: Fatal error: Failed to initialize session: " +
          reason,
        error,
      );
    }
  }

  /** Opens a thread once, however many ask for it at the same time. */
  async open(id: string, load: () => Promise<Thread>): Promise<Thread> {
    const loaded = this.#loaded.get(id);
    if (loaded !== undefined) return loaded;
    const opening = this.#opening.get(id) ??
      this.closed(id).then(load).finally(() => this.#opening.delete(id));
    this.#opening.set(id, opening);
    return await opening;
  }

  /**
   * A stored thread as it is shown.
   *
   * @throws {RpcError} if there is none.
   */
  async readView(id: string): Promise<ThreadView> {
    const view = await this.readRow(id);
    if (view !== undefined) return view;
    throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
  }

  /** Ends a thread and lets go of it: nobody finds it from here on. */
  async unload(thread: Thread): Promise<void> {
    const { threadId } = thread;
    this.#loaded.delete(threadId);
    const closed = thread[Symbol.asyncDispose]();
    const closing = closed.catch(() => {}); // whoever opens it waits for that
    this.#closing.set(threadId, closing);
    try {
      await closed;
    } finally {
      this.#watch.forget(threadId);
      this.#agendas.delete(threadId);
      if (this.#closing.get(threadId) === closing) {
        this.#closing.delete(threadId);
      }
    }
  }

  /** Resolves when a thread that was left alone has let go of its files. */
  async closed(id: string): Promise<void> {
    await this.#closing.get(id);
  }

  /** Lets go of a thread if nobody would miss it. */
  #considerUnloading(id: string): void {
    const thread = this.#loaded.get(id);
    if (thread === undefined || !thread.isLeftAlone) return;
    const closing = this.unload(thread).catch((error) => {
      this.log.error("a thread could not be closed", {
        threadId: id,
        error: String(error),
      });
    }).then(() => {
      this.#closing.delete(id);
      this.#tell("thread/status/changed", {
        threadId: id,
        status: { type: "notLoaded" },
      });
      this.#tell("thread/closed", { threadId: id });
    });
    this.#closing.set(id, closing);
  }

  #tell<N extends Announcement["method"]>(
    method: N,
    params: Announcement<N>["params"],
  ): void {
    const announcement = new Announcement(method, params);
    this.announce(announcement as unknown as Announcement);
  }

  /** What a loaded thread does by itself. */
  agenda({ threadId }: Thread): Agenda | undefined {
    return this.#agendas.get(threadId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      ...this.#loaded.values().map((one) => this.unload(one)),
      ...this.#closing.values(),
    ]);
    this.#watch[Symbol.dispose]();
    await (await this.#catalog)?.close();
  }

  /**
   * Sees to it that the catalog knows a loaded thread, also one in which nothing
   * was said, so that something can be kept of it.
   */
  async enter({ view, journal }: Thread): Promise<void> {
    if (view.path === null) return;
    const { threads } = await this.catalog();
    threads.upsert(toRow(view, view.path, journal.isMaterialized));
  }

  /** Enters in the catalog how a thread is now. */
  async #enter(thread: Thread): Promise<void> {
    const { view } = thread;
    if (view.path === null || !thread.journal.isMaterialized) return;
    try {
      await this.enter(thread);
    } catch (error) {
      // The file has it all; the catalog finds it there again.
      this.log.warn("a thread could not be entered in the catalog", {
        threadId: thread.threadId,
        error: String(error),
      });
    }
  }
}
