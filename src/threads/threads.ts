import type { Config, TrustLevel, WishedPermissions } from "../config/mod.ts";
import { type Catalog, openCatalog } from "../catalog/mod.ts";
import type { Models } from "../model/mod.ts";
import {
  type Announcement,
  type JsonValue,
  RpcError,
  type Thread as ThreadView,
  type ThreadSettings,
  Uuid7Sequence,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { toRow } from "./_to_row.ts";
import type { Agenda } from "./agenda.ts";
import { AgentsBelow } from "./agents_below.ts";
import { assembleThread } from "./assemble_thread.ts";
import { Attendance } from "./attendance.ts";
import type { Attendee } from "./audience.ts";
import { ClientPaths } from "./client_paths.ts";
import { Histories } from "./histories.ts";
import type { Household } from "./household.ts";
import { Notices } from "./notices.ts";
import { Roster } from "./roster.ts";
import type { Thread } from "./thread.ts";
import type { ThreadSeed, ThreadsOptions } from "./threads_options.ts";

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
  /** What everybody is told of them. */
  readonly notices: Notices;
  readonly #options: ThreadsOptions;
  readonly #roster: Roster;
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
    this.notices = new Notices(options.audience, options.toldWarnings);
    this.#roster = new Roster({
      idleUnloadMs: options.idleUnloadMs,
      clock: options.clock,
      log: options.log,
      onLeft: (id) => this.notices.tellClosed(id),
      onEndedBelow: (id) => this.notices.tellUnloaded(id),
    });
  }

  /** Makes the attendance of a connection; the function is the key to it. */
  readonly createAttendance = (attendee: Attendee): Attendance =>
    new Attendance(attendee);

  /** Ids of the threads that are loaded, oldest first. */
  get loaded(): string[] {
    return this.#roster.ids;
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
    for (const thread of this.#roster.all()) {
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
    while (this.#roster.all().some((one) => !one.isIdle)) {
      await Promise.all(this.#roster.all().map((one) => one.settled()));
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
    return this.#roster.find(threadId);
  }

  /** Tells everybody something that belongs to no loaded thread. */
  announce(announcement: Announcement): void {
    this.notices.announce(announcement);
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
      createAgents: (thread) => new AgentsBelow(this, seed, thread),
      onRest: () => this.#roster.touch(id),
      onChange: (thread) => this.#enter(thread),
    });
    this.#roster.add(thread, agenda);
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

  /** Opens a thread once, however many ask for it at the same time. */
  open(id: string, load: () => Promise<Thread>): Promise<Thread> {
    return this.#roster.open(id, load);
  }

  /** The agents of a session that are loaded, whoever started them. */
  family({ view: { sessionId } }: Thread): Thread[] {
    return this.#roster.all().filter(({ view }) =>
      view.sessionId === sessionId && view.parentThreadId !== null
    ).toArray();
  }

  /**
   * What the file of a role says.
   *
   * @throws {Error} if it can't be read.
   */
  async readRoleFile(
    path: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { readRoleFile } = this.#options;
    if (readRoleFile !== undefined) return await readRoleFile(path);
    throw new Error("files of roles can't be read here");
  }

  /**
   * Ends a thread and lets go of it, and of the agents below it: nobody finds
   * them from here on.
   *
   * @param ended Called when the thread is over, before its agents are.
   */
  unload(thread: Thread, ended?: () => void): Promise<void> {
    return this.#roster.unload(thread, ended);
  }

  /** Resolves when a thread that was left alone has let go of its files. */
  closed(id: string): Promise<void> {
    return this.#roster.closed(id);
  }

  /** What a loaded thread does by itself. */
  agenda(thread: Thread): Agenda | undefined {
    return this.#roster.agendaOf(thread);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#roster[Symbol.asyncDispose]();
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
