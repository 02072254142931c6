import type { Access } from "../access/mod.ts";
import type { Configuration } from "../config/mod.ts";
import type { Programs } from "../exec/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Audience, Threads } from "../threads/mod.ts";
import { loadThreadHandlers, type ThreadMethod } from "../threads/methods.ts";
import { PROTOCOL_VERSION } from "./identity.ts";

/** What threads are composed of. */
export interface LazyThreadsOptions {
  readonly home: string;
  readonly configuration: Configuration;
  readonly access: Access;
  readonly programs: Programs;
  readonly sandbox: Sandbox;
  readonly audience: Audience;
  readonly installationId: string;
  /** Default: that of threads. */
  readonly idleUnloadMs?: number;
  readonly env: { get(name: string): string | undefined };
  readonly log: Logger;
  /** Text of the `user-agent` header in the name of a client. */
  readonly userAgent: () => string;
  /** Text of the `originator` header. */
  readonly originator: () => string;
}

/** What a first request for threads gets. */
interface Opened {
  readonly handlers: Handlers<Threads, ThreadMethod>;
  readonly service: Threads;
}

/**
 * The threads of a server, and all that they are made of: loaded when somebody
 * first asks for one, because most of it is for the agent loop, and a server
 * that runs commands needs none of it.
 */
export class LazyThreads implements AsyncDisposable {
  readonly #options: LazyThreadsOptions;
  #opened: Promise<Opened> | undefined;
  #service: Threads | undefined;

  constructor(options: LazyThreadsOptions) {
    this.#options = options;
  }

  /** Opens them, at the first call. */
  readonly open = (): Promise<Opened> => this.#opened ??= this.#open();

  /** Where a loaded thread works. */
  findCwd(threadId: string): string | undefined {
    return this.#service?.find(threadId)?.settings.cwd;
  }

  /** Resolves when no turn runs. */
  async drain(): Promise<void> {
    await (await this.#opened)?.service.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened)?.service[Symbol.asyncDispose]();
  }

  async #open(): Promise<Opened> {
    const [handlers, threads, agent, tools, model] = await Promise.all([
      loadThreadHandlers(),
      import("../threads/mod.ts"),
      import("../agent/mod.ts"),
      import("../tools/mod.ts"),
      import("../model/mod.ts"),
    ]);
    const { home, access, programs, sandbox, env, log } = this.#options;
    const { idleUnloadMs } = this.#options;
    const scripts = new model.Scripts();
    const service = new threads.Threads({
      home,
      version: PROTOCOL_VERSION,
      audience: this.#options.audience,
      log: log.child("threads"),
      installationId: this.#options.installationId,
      ...idleUnloadMs !== undefined && { idleUnloadMs },
      configFor: this.#options.configuration.forThread,
      toldWarnings: this.#options.configuration.server.warnings,
      createModels: (config) =>
        model.createModels({
          config,
          home,
          env,
          log: log.child("model"),
          userAgent: this.#options.userAgent(),
          originator: this.#options.originator(),
          version: PROTOCOL_VERSION,
          scripts,
        }),
      baseInstructions: agent.builtInInstructions,
      createReviewer: (options) => agent.createReviewer(options),
      createAgent: (options) => agent.createAgent(options),
      createToolbox: (options) =>
        tools.createToolbox({
          ...options,
          home,
          access,
          programs,
          sandbox,
          log: log.child("tools"),
        }),
    });
    this.#service = service;
    return { handlers, service };
  }
}
