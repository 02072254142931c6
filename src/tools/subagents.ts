import type {
  CollabAgentState,
  JsonValue,
  UserInput,
} from "../protocol/mod.ts";
import type { Stage } from "./stage.ts";

/** Something that can't be done with agents; the message is for the model. */
export class AgentRefusal extends Error {
  override readonly name = "AgentRefusal";
}

/** What an agent can be told to be good at. */
export interface AgentRole {
  /** Its name, as models give it. */
  readonly name: string;
  /** When to take it, for the model; null if nobody says. */
  readonly description: string | null;
}

/** An agent that a model wants. */
export interface AgentOrder {
  /** Its first task. */
  readonly input: UserInput[];
  /** Null for that of the caller. */
  readonly model: string | null;
  /** Null for that of the caller, or what is usual for another model. */
  readonly effort: string | null;
  /** Name of its role; null for the usual one. */
  readonly role: string | null;
  /** Whether it knows what was said so far. */
  readonly knowsHistory: boolean;
}

/** An agent that was started, and has not begun yet. */
export interface StartedAgent {
  readonly threadId: string;
  readonly nickname: string | null;
  readonly model: string;
  /** Null if its model has none. */
  readonly effort: string | null;
  /** Has it begin. */
  begin(): void;
}

/** A message that an agent was given, and has not heard yet. */
export interface SentMessage {
  /** Names it: the turn that begins with it, or something of its own. */
  readonly submissionId: string;
  /** Has it hear it. */
  begin(): void;
}

/**
 * The agents below a thread: threads that its model started, and what those
 * started in turn. Others do not exist for it.
 */
export interface Subagents {
  /** Whether it may have any. */
  readonly isOffered: boolean;
  /** Roles that the configuration adds. */
  readonly roles: readonly AgentRole[];
  /**
   * Starts one, set up as the thread is.
   *
   * @param stage The turn that wants it.
   * @throws {AgentRefusal} if it can't be had.
   */
  start(order: AgentOrder, stage: Stage): Promise<StartedAgent>;
  /** How one is doing; `notFound` if it is not there. */
  stateOf(threadId: string): CollabAgentState;
  /**
   * Says something to one.
   *
   * @param stage The turn that says it.
   * @param options `isUrgent`: whether what it does is broken off for that.
   * @throws {AgentRefusal} if it is not there.
   */
  send(
    threadId: string,
    input: UserInput[],
    stage: Stage,
    options: { readonly isUrgent: boolean },
  ): Promise<SentMessage>;
  /**
   * Takes one back that was closed.
   *
   * @throws {AgentRefusal} if there is none, or no room for it.
   */
  resume(threadId: string): Promise<CollabAgentState>;
  /**
   * Closes one, and those below it.
   *
   * @returns How it was doing.
   * @throws {AgentRefusal} if it is not there.
   */
  close(threadId: string): Promise<CollabAgentState>;
  /**
   * Waits until one of them is done, whichever way.
   *
   * @returns Those that are, by thread; none if it took too long.
   * @throws {unknown} the signal's reason.
   */
  wait(
    threadIds: readonly string[],
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ReadonlyMap<string, CollabAgentState>>;
}

const statusWords = {
  pendingInit: "pending_init",
  running: "running",
  interrupted: "interrupted",
  shutdown: "shutdown",
  notFound: "not_found",
} as const;

/** How an agent is doing, as models read it. */
export function toAgentStatus(
  { status, message }: CollabAgentState,
): JsonValue {
  return status === "completed" || status === "errored"
    ? { [status]: message }
    : statusWords[status];
}

/** Whether an agent does nothing more by itself. */
export function isAtEnd({ status }: CollabAgentState): boolean {
  return status === "completed" || status === "errored" ||
    status === "shutdown" || status === "notFound";
}
