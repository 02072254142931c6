import type { TurnEnd } from "../agent/mod.ts";
import type { Catalog } from "../catalog/mod.ts";
import type {
  QueuedSubmission,
  Thread as ThreadView,
  ThreadGoal,
  ThreadItem,
  Turn,
  TurnStartParams,
} from "../protocol/mod.ts";
import type { Goals, Stage } from "../tools/mod.ts";
import { toGoalText } from "./_goal_text.ts";
import type { Household } from "./household.ts";
import type { LiveTurn, Said } from "./live_turn.ts";
import { playRegular, startTurn } from "./start_turn.ts";
import { tellChange } from "./tell_change.ts";
import type { Thread } from "./thread.ts";
import type { TurnCompanion } from "./thread_parts.ts";

/** Goals of a thread that is not kept; the model is told why there are none. */
const noGoals: Goals = {
  get: refuseGoal,
  create: refuseGoal,
  update: refuseGoal,
};

function refuseGoal(): Promise<never> {
  return Promise.reject(new Error("Only a thread that is kept has a goal."));
}

/** Nothing that anybody said. */
const silence: Said = { input: [], clientUserMessageId: null };

/**
 * What a loaded thread does by itself: begins what waits in its queue, goes on
 * towards its goal, counts what that took, and notes what is new to read.
 */
export class Agenda implements TurnCompanion {
  readonly #threads: Household;
  readonly #thread: () => Thread;
  readonly #threadId: string;
  /** Kept nowhere: it has neither goal nor queue. */
  readonly #isEphemeral: boolean;
  /** What agents say is read by the one above them. */
  readonly #isAgent: boolean;
  #catalog: Catalog | undefined;
  /** Whether the queue waits for the user, who interrupted a turn. */
  #isHeld = false;
  /** Questions of others to a person, that wait. */
  elicitations = 0;
  /** Up to where the goal has been charged. */
  #chargedTokens = 0;
  /** Turn in which the model ended the goal: what is left of it counts, too. */
  #endedIn: string | undefined;
  #chargedMs = Date.now();
  readonly #log: (error: unknown) => void;

  /** @param thread The thread, once it is there. */
  constructor(threads: Household, view: ThreadView, thread: () => Thread) {
    this.#threads = threads;
    this.#thread = thread;
    this.#threadId = view.id;
    this.#isEphemeral = view.ephemeral;
    this.#isAgent = view.parentThreadId !== null;
    this.#log = (error) =>
      threads.log.error("what goes with a turn could not be done", {
        threadId: view.id,
        error: String(error),
      });
  }

  /** The goal, for the model. */
  get goals(): Goals {
    return this.#isEphemeral ? noGoals : {
      get: async () => (await this.#goalNow()).goal,
      create: (goal, stage) => this.#create(goal, stage),
      update: (status, stage) => this.#update(status, stage),
    };
  }

  async ready(): Promise<void> {
    try {
      this.#catalog ??= await this.#threads.catalog();
    } catch (error) {
      this.#log(error);
    }
  }

  begin(): void {
    void this.ready(); // by the end of the turn it will be
    this.#startCharging();
  }

  note(turnId: string, item: ThreadItem): void {
    if (this.#isEphemeral) return;
    this.#catalog?.messages.add(this.#threadId, turnId, item);
  }

  settle(turn: LiveTurn, end: TurnEnd): void {
    this.#guard(({ goals }) => {
      const goal = this.#charge(turn.turnId);
      if (goal === null) return;
      if (end.status === "failed" && goal.status === "active") {
        const isLimited = end.error?.codexErrorInfo === "usageLimitExceeded";
        const { result } = goals.set({
          threadId: this.#threadId,
          status: isLimited ? "usageLimited" : "blocked",
        });
        this.#tellGoal(turn.turnId, result.goal);
      } else this.#tellGoal(turn.turnId, goal);
    });
  }

  markUnread(turn: LiveTurn, end: TurnEnd): void {
    if (this.#isAgent) return;
    this.#guard(({ goals, readStates }) => {
      // A turn towards a goal is followed by another one: nothing to read yet.
      const { goal } = goals.get({ threadId: this.#threadId });
      const goesOn = end.status === "completed" && goal?.status === "active";
      // Where the agent said nothing, nobody has to read anything.
      const isEmpty = end.status !== "failed" &&
        !turn.items.some((item) =>
          item.type === "agentMessage" && item.completedAtMs != null &&
          item.text.trim() !== ""
        );
      if (goesOn || isEmpty) return;
      const change = readStates.advance(this.#threadId, turn.turnId);
      tellChange(this.#threads, change);
    });
  }

  goOn(end: TurnEnd): void {
    this.#isHeld = end.status === "interrupted";
    if (!this.#isHeld) this.proceed();
  }

  /**
   * Begins what comes next, if anything does and nothing runs. Does nothing
   * before {@linkcode Agenda.ready}.
   */
  proceed(): void {
    if (this.#threads.isDraining) return;
    this.#guard((catalog) => {
      const thread = this.#thread();
      if (!thread.isIdle) return;
      const { threadId } = thread;
      const next = this.#isHeld ? undefined : catalog.queues.peek(threadId);
      if (next !== undefined) this.submit(next);
      else if (catalog.goals.get({ threadId }).goal?.status === "active") {
        this.#pursue();
      }
      thread.play();
    });
  }

  /**
   * Begins a turn with a message of the queue; to be played.
   *
   * @throws {Error} if it can't be stored; then it stays in the queue.
   */
  submit(message: QueuedSubmission): Turn {
    const thread = this.#thread();
    const { threadId } = thread;
    this.#isHeld = false;
    const turn = startTurn(this.#threads, thread, {
      threadId,
      input: message.input,
      clientUserMessageId: message.clientUserMessageId,
      responsesapiClientMetadata: message.responsesapiClientMetadata,
    });
    const change = this.#catalog?.queues.delete({
      threadId,
      queuedSubmissionId: message.id,
    });
    if (change !== undefined) tellChange(this.#threads, change);
    return turn;
  }

  /** The goal is about to change: what was used so far is that of the old one. */
  chargeGoal(): void {
    this.#guard(() => this.#charge());
  }

  /** The goal is another one: what it takes is counted from here on. */
  startGoal(goal: ThreadGoal): void {
    this.#endedIn = undefined;
    this.#startCharging();
    this.#record(goal);
  }

  #pursue(): void {
    const thread = this.#thread();
    thread.warnOfModel();
    const id = this.#threads.nextId();
    const { threadId } = thread;
    thread.begin(id, id, {
      kind: "regular",
      said: silence,
      play: (turn) => {
        const goal = this.#catalog?.goals.get({ threadId }).goal ?? null;
        const params: TurnStartParams = {
          threadId,
          input: [],
          ...goal && {
            additionalContext: {
              goal: { kind: "application", value: toGoalText(goal) },
            },
          },
        };
        return playRegular(thread, turn, silence, params, {
          rootTurnId: id,
          parentTurnId: null,
        });
      },
    });
  }

  async #goalNow(): Promise<{ catalog: Catalog; goal: ThreadGoal | null }> {
    const catalog = await this.#threads.catalog();
    const { goal } = catalog.goals.get({ threadId: this.#threadId });
    return { catalog, goal };
  }

  async #create(
    { objective, tokenBudget }: Parameters<Goals["create"]>[0],
    stage: Stage,
  ): Promise<ThreadGoal> {
    const { catalog, goal } = await this.#goalNow();
    if (goal !== null && goal.status !== "complete") {
      throw new Error(
        "There is an unfinished goal in this thread: complete it first",
      );
    }
    if (goal !== null) catalog.goals.clear({ threadId: this.#threadId });
    const { result } = catalog.goals.set({
      threadId: this.#threadId,
      objective,
      tokenBudget,
    });
    this.startGoal(result.goal);
    this.#tellGoal(stage.turnId, result.goal);
    return result.goal;
  }

  async #update(
    status: "complete" | "blocked" | "paused",
    stage: Stage,
  ): Promise<ThreadGoal> {
    const { catalog, goal } = await this.#goalNow();
    if (goal === null) throw new Error("There is no goal in this thread");
    this.#catalog = catalog;
    const charged = this.#charge(stage.turnId);
    if (charged !== null) this.#tellGoal(stage.turnId, charged);
    const { result } = catalog.goals.set({ threadId: this.#threadId, status });
    if (charged !== null) this.#endedIn = stage.turnId;
    this.#record(result.goal);
    this.#tellGoal(stage.turnId, result.goal);
    return result.goal;
  }

  #startCharging(): void {
    const { agent } = this.#thread();
    this.#chargedTokens = agent.usage?.total.totalTokens ?? 0;
    this.#chargedMs = Date.now();
  }

  /**
   * Charges an active goal, or one that ended in this turn, with what was used
   * since; null if there is none.
   */
  #charge(turnId?: string): ThreadGoal | null {
    const { goals } = this.#catalog ?? {};
    const { goal = null } = goals?.get({ threadId: this.#threadId }) ?? {};
    if (goals === undefined || goal === null) return null;
    const hasEndedNow = turnId !== undefined && turnId === this.#endedIn;
    if (goal.status !== "active" && !hasEndedNow) return null;
    const total = this.#thread().agent.usage?.total.totalTokens ?? 0;
    const tokens = Math.max(0, total - this.#chargedTokens);
    const timeMs = Date.now() - this.#chargedMs;
    this.#startCharging();
    return goals.addUse(this.#threadId, { tokens, timeMs });
  }

  #tellGoal(turnId: string, goal: ThreadGoal): void {
    this.#thread().proclaim("thread/goal/updated", {
      threadId: this.#threadId,
      turnId,
      goal,
    });
  }

  #record(goal: ThreadGoal): void {
    this.#thread().journal.defer({
      type: "event_msg",
      payload: {
        type: "thread_goal_updated",
        threadId: this.#threadId,
        goal,
      },
    });
  }

  /** None of it may break a turn. */
  #guard(work: (catalog: Catalog) => void): void {
    if (this.#catalog === undefined || this.#isEphemeral) return;
    try {
      work(this.#catalog);
    } catch (error) {
      this.#log(error);
    }
  }
}
