import type { ResponseItem } from "../model/mod.ts";
import {
  type CollabAgentState,
  type UserInput,
  uuid7,
} from "../protocol/mod.ts";
import {
  type AgentOrder,
  AgentRefusal,
  isAtEnd,
  type SentMessage,
  type Stage,
  type StartedAgent,
  type Subagents,
  toAgentStatus,
} from "../tools/mod.ts";
import { allowsAgents, readAgentLimits, readRoles } from "./agent_roles.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import type { ThreadSeed } from "./threads_options.ts";

const notFound: CollabAgentState = { status: "notFound", message: null };

/**
 * The agents below a loaded thread. How they are started, and taken back, is
 * loaded when a model first wants that.
 */
export class AgentsBelow implements Subagents {
  readonly #threads: Threads;
  readonly #seed: ThreadSeed;
  readonly #thread: () => Thread;
  /** Ends of agents that the model has not heard of yet. */
  #news: ResponseItem[] = [];

  /** @param thread The thread above them, once it is there. */
  constructor(threads: Threads, seed: ThreadSeed, thread: () => Thread) {
    this.#threads = threads;
    this.#seed = seed;
    this.#thread = thread;
  }

  get isOffered(): boolean {
    const { config, view } = this.#seed;
    const { depth, count } = readAgentLimits(config);
    return allowsAgents(config) && count > 0 && depthOf(view.source) < depth;
  }

  get roles(): Subagents["roles"] {
    return readRoles(this.#seed.config);
  }

  async start(order: AgentOrder, stage: Stage): Promise<StartedAgent> {
    const { startAgent } = await import("./start_agent.ts");
    const started = await startAgent(this.#threads, order, {
      parent: this.#thread(),
      seed: this.#seed,
      stage,
    });
    this.#attend(started.thread);
    return started;
  }

  stateOf(threadId: string): CollabAgentState {
    return this.#find(threadId)?.life.state ?? notFound;
  }

  async send(
    threadId: string,
    input: UserInput[],
    stage: Stage,
    { isUrgent }: { readonly isUrgent: boolean },
  ): Promise<SentMessage> {
    const { sayTo } = await import("./start_agent.ts");
    return await sayTo(this.#threads, this.#get(threadId), input, {
      ...this.#toOrigin(stage),
      isUrgent,
    });
  }

  async resume(threadId: string): Promise<CollabAgentState> {
    const loaded = this.#find(threadId);
    if (loaded !== undefined) return loaded.life.state;
    const { resumeAgent } = await import("./start_agent.ts");
    const thread = await resumeAgent(this.#threads, threadId, {
      parent: this.#thread(),
      seed: this.#seed,
    });
    this.#attend(thread);
    return thread.life.state;
  }

  async close(threadId: string): Promise<CollabAgentState> {
    const thread = this.#get(threadId);
    const { state } = thread.life;
    await this.#threads.unload(thread);
    this.#threads.notices.tellUnloaded(threadId);
    return state;
  }

  async wait(
    threadIds: readonly string[],
    { timeoutMs, signal }: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<ReadonlyMap<string, CollabAgentState>> {
    signal.throwIfAborted();
    const lives = threadIds.flatMap((id) => this.#find(id)?.life ?? []);
    const done = () =>
      new Map(
        threadIds.map((id) => [id, this.stateOf(id)] as const)
          .filter(([, state]) => isAtEnd(state)),
      );
    const now = done();
    if (now.size > 0) return now;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, timeoutMs);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const ends = lives.map((life) =>
      life.watch(() => {
        if (isAtEnd(life.state)) resolve();
      })
    );
    try {
      await promise;
      return done();
    } finally {
      clearTimeout(late);
      signal.removeEventListener("abort", abort);
      for (const end of ends) end();
    }
  }

  /** Takes what the model has not heard yet. */
  takeNews(): readonly ResponseItem[] {
    return this.#news.splice(0);
  }

  /** An agent that is loaded, at whatever depth. */
  #find(threadId: string): Thread | undefined {
    const { threadId: top } = this.#thread();
    const thread = this.#threads.find(threadId);
    let above = thread?.view.parentThreadId ?? null;
    while (above !== null && above !== top) {
      above = this.#threads.find(above)?.view.parentThreadId ?? null;
    }
    return above === null ? undefined : thread;
  }

  #get(threadId: string): Thread {
    const thread = this.#find(threadId);
    if (thread !== undefined) return thread;
    throw new AgentRefusal(`there is no agent ${threadId}, or it is closed`);
  }

  #toOrigin({ turnId }: Stage): { parentTurnId: string; rootTurnId: string } {
    const rootTurnId = this.#thread().turn?.rootTurnId ?? turnId;
    return { parentTurnId: turnId, rootTurnId };
  }

  /** Has the model hear of the end of an agent's first task, once. */
  #attend({ threadId, life }: Thread): void {
    const stop = life.watch(() => {
      if (!isAtEnd(life.state)) return;
      stop();
      this.#tell(threadId, life.state);
    });
  }

  #tell(threadId: string, state: CollabAgentState): void {
    const thread = this.#thread();
    if (this.#threads.find(thread.threadId) !== thread) return;
    const item: ResponseItem = {
      type: "message",
      id: `msg_${uuid7()}`,
      role: "user",
      content: [{
        type: "input_text",
        text: `<subagent_notification>\n${
          JSON.stringify({
            agent_path: threadId,
            status: toAgentStatus(state),
          })
        }\n</subagent_notification>`,
      }],
    };
    if (!thread.isIdle) {
      this.#news.push(item);
      return;
    }
    try {
      thread.store([{ type: "response_item", payload: item }]);
      thread.agent.add(item);
    } catch (error) {
      this.#threads.log.error("the end of an agent could not be stored", {
        threadId,
        error: String(error),
      });
    }
  }
}

/** Steps from the first thread to one of this source; 0 for the first. */
export function depthOf(source: ThreadSeed["view"]["source"]): number {
  if (typeof source !== "object" || !("subAgent" in source)) return 0;
  const { subAgent } = source;
  return typeof subAgent === "object" && "thread_spawn" in subAgent
    ? subAgent.thread_spawn.depth
    : 0;
}
