import type { Past } from "../agent/mod.ts";
import type { ResponseItem } from "../model/mod.ts";
import type { UserInput } from "../protocol/mod.ts";
import { Rollout, toRolloutPath } from "../rollout/mod.ts";
import {
  type AgentOrder,
  AgentRefusal,
  type SentMessage,
  type Stage,
  type StartedAgent,
} from "../tools/mod.ts";
import { setUpAgent } from "./_agent_setup.ts";
import { toAgentMeta, toAgentView } from "./_agent_view.ts";
import { readAgentLimits } from "./agent_roles.ts";
import { Journal } from "./journal.ts";
import { toNickname } from "./_nickname.ts";
import { KeptTurns, StoredTurns } from "./past_turns.ts";
import { acquire, findStored, loadStored } from "./resume_thread.ts";
import { startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import type { ThreadSeed } from "./threads_options.ts";

/** Whose agent it is. */
export interface AgentParent {
  readonly parent: Thread;
  /** What that was loaded from. */
  readonly seed: ThreadSeed;
}

/** Which turn something is said in to an agent. */
export interface AgentOrigin {
  readonly parentTurnId: string;
  /** First turn of the chain of work. */
  readonly rootTurnId: string;
}

/**
 * Starts an agent: a thread of its own, set up as the one above it, that all
 * follow who follow that one.
 *
 * @throws {AgentRefusal} if there is no room, or no such model, effort or role.
 */
export async function startAgent(
  threads: Threads,
  order: AgentOrder,
  { parent, seed, stage }: AgentParent & { readonly stage: Stage },
): Promise<StartedAgent & { readonly thread: Thread }> {
  checkRoom(threads, parent);
  const setup = await setUpAgent(order, {
    parent,
    readRoleFile: (path) => threads.readRoleFile(path),
  });
  const id = threads.nextId();
  const createdAtMs = Date.now();
  const path = parent.view.ephemeral
    ? null
    : toRolloutPath(threads.home, id, new Date(createdAtMs));
  const view = toAgentView(parent, setup, {
    id,
    path,
    createdAtMs,
    version: threads.version,
    originator: seed.originator,
    nickname: toNickname(threads.family(parent), setup.nicknames),
  });
  const history = order.knowsHistory ? toKnown(parent.agent.history) : [];
  const rollout = path === null
    ? undefined
    : Rollout.create(path, toAgentMeta(view, seed, threads.baseInstructions), {
      log: threads.log,
    });
  await using undo = new AsyncDisposableStack();
  const lock = rollout && undo.use(await acquire(threads.home, id));
  checkRoom(threads, parent);
  const journal = new Journal(rollout, lock);
  journal.defer(...history.map((payload) => ({
    type: "response_item" as const,
    payload,
  })));
  const thread = threads.load({
    view,
    gitInfo: view.gitInfo,
    settings: setup.settings,
    config: parent.config,
    models: parent.models,
    past: { ...noPast, history },
    dynamicTools: [],
    baseInstructions: seed.baseInstructions,
    developerInstructions: setup.developerInstructions ??
      seed.developerInstructions,
    originator: seed.originator,
    fallbacks: [],
    journal,
    turns: rollout ? new StoredTurns(rollout, threads.home) : new KeptTurns(),
  });
  undo.move();
  await welcome(threads, thread, parent);
  const sent = await sayTo(threads, thread, order.input, {
    parentTurnId: stage.turnId,
    rootTurnId: parent.turn?.rootTurnId ?? stage.turnId,
    isUrgent: false,
  });
  return {
    thread,
    threadId: id,
    nickname: view.agentNickname,
    model: setup.settings.model,
    effort: setup.settings.effort,
    begin: sent.begin,
  };
}

/**
 * Opens an agent again that was closed.
 *
 * @throws {AgentRefusal} if the thread above it has none of that id, or there
 * is no room for it.
 */
export async function resumeAgent(
  threads: Threads,
  threadId: string,
  { parent, seed }: AgentParent,
): Promise<Thread> {
  const row = await threads.readRow(threadId);
  if (row?.parentThreadId !== parent.threadId) {
    throw new AgentRefusal(`there is no agent ${threadId}`);
  }
  checkRoom(threads, parent);
  const client = { name: seed.originator };
  const params = { cwd: parent.settings.cwd };
  try {
    const found = await findStored(threads, { threadId });
    const thread = await threads.open(
      threadId,
      () => loadStored(threads, found, params, client),
    );
    await welcome(threads, thread, parent);
    return thread;
  } catch (error) {
    throw toRefusal(`agent ${threadId} can't be opened again`, error);
  }
}

/**
 * Says something to an agent: in the turn that it plays, or in one of its own.
 * Call `begin` once it is known.
 *
 * @throws {AgentRefusal} if it can't hear it.
 */
export async function sayTo(
  threads: Threads,
  thread: Thread,
  input: UserInput[],
  { isUrgent, ...origin }: AgentOrigin & { readonly isUrgent: boolean },
): Promise<SentMessage> {
  const { threadId, turn: running } = thread;
  if (isUrgent && running !== undefined) {
    thread.toInterrupt(running.turnId)();
    await thread.settled();
    if (threads.find(threadId) !== thread) {
      throw new AgentRefusal(`agent ${threadId} was closed meanwhile`);
    }
  }
  const before = thread.turn?.turnId;
  try {
    const { rootTurnId } = origin;
    const turn = startTurn(threads, thread, { threadId, input, rootTurnId }, {
      parentTurnId: origin.parentTurnId,
    });
    return {
      submissionId: turn.id === before ? threads.nextId() : turn.id,
      begin: () => {
        thread.play();
        thread.turn?.speakUp();
      },
    };
  } catch (error) {
    throw toRefusal(`agent ${threadId} can't be told that`, error);
  }
}

/** Has an agent come up, and those hear of it who follow the one above it. */
async function welcome(
  threads: Threads,
  thread: Thread,
  parent: Thread,
): Promise<void> {
  parent.followers.bring(thread.followers);
  thread.tellStatus();
  thread.external.start();
  try {
    await threads.equip(thread);
  } catch (error) {
    throw toRefusal("an agent can't be started", error);
  }
  // The thread above it may have gone meanwhile, and all below it.
  if (threads.find(thread.threadId) !== thread) throw closed();
}

/** @throws {AgentRefusal} if there are as many agents as there may be. */
function checkRoom(threads: Threads, parent: Thread): void {
  if (threads.find(parent.threadId) !== parent) throw closed();
  const { count } = readAgentLimits(parent.config);
  if (threads.family(parent).length < count) return;
  throw new AgentRefusal(
    `there are ${count} agents, which is all there may be: close those that ` +
      "you need no longer",
  );
}

function closed(): AgentRefusal {
  return new AgentRefusal("the thread is closed");
}

function toRefusal(what: string, error: unknown): AgentRefusal {
  if (error instanceof AgentRefusal) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AgentRefusal(`${what}: ${reason}`, { cause: error });
}

/** What an agent is told of a conversation: what was said, not what was done. */
function toKnown(history: readonly ResponseItem[]): ResponseItem[] {
  return history.filter((item) => {
    const { role } = item as { readonly role?: unknown };
    return item.type === "message" && (role === "user" || role === "assistant");
  });
}

/** A conversation that begins. */
const noPast: Past = {
  history: [],
  usage: null,
  compactions: 0,
  lastContext: null,
  opening: "startup",
};
