import {
  RpcError,
  type ThreadGoal,
  type ThreadGoalClearParams,
  type ThreadGoalClearResponse,
  type ThreadGoalGetParams,
  type ThreadGoalGetResponse,
  type ThreadGoalSetParams,
  type ThreadGoalSetResponse,
  type ThreadGoalStatus,
} from "../protocol/mod.ts";
import type { Database } from "./_database.ts";
import type { Change } from "./change.ts";

const MOST_CHARACTERS = 4000;

/** What a turn took, to be added to the goal of its thread. */
export interface GoalUse {
  /** Tokens. */
  readonly tokens: number;
  /** Milliseconds of work. */
  readonly timeMs: number;
}

/** `thread/goal/*`: what a thread is to reach. */
export class Goals {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(options: { readonly db: Database; readonly now: () => number }) {
    this.#db = options.db;
    this.#now = options.now;
  }

  /** The goal of a thread; null if it has none. */
  get(params: ThreadGoalGetParams): ThreadGoalGetResponse {
    return { goal: this.#read(params.threadId) };
  }

  /**
   * Sets a goal or changes the one that is there; what is absent stays.
   *
   * @throws {RpcError} if there is none to change, or the goal makes no sense.
   */
  set(params: ThreadGoalSetParams): Change<ThreadGoalSetResponse> {
    const goal = this.#db.transaction(() => this.#set(params));
    return {
      result: { goal },
      notifications: [{
        method: "thread/goal/updated",
        params: { threadId: goal.threadId, turnId: null, goal },
      }],
    };
  }

  /**
   * Gives another thread the goal of one, as it stands; nothing if there is
   * none.
   */
  copy(fromId: string, toId: string): Change<ThreadGoal | null> {
    this.#db.run(
      `INSERT OR REPLACE INTO goals (thread_id, objective, status,
         token_budget, tokens_used, time_used_ms, created_ms, updated_ms)
       SELECT ?2, objective, status, token_budget, tokens_used, time_used_ms,
         created_ms, updated_ms FROM goals WHERE thread_id = ?1`,
      fromId,
      toId,
    );
    const goal = this.#read(toId);
    return {
      result: goal,
      notifications: goal === null ? [] : [{
        method: "thread/goal/updated",
        params: { threadId: toId, turnId: null, goal },
      }],
    };
  }

  /** Drops the goal. */
  clear(params: ThreadGoalClearParams): Change<ThreadGoalClearResponse> {
    const { threadId } = params;
    const cleared =
      this.#db.run("DELETE FROM goals WHERE thread_id = ?", threadId) > 0;
    return {
      result: { cleared },
      notifications: cleared
        ? [{ method: "thread/goal/cleared", params: { threadId } }]
        : [],
    };
  }

  /**
   * Adds what a turn took. A goal whose budget is used up becomes
   * `budgetLimited`.
   *
   * @returns the goal as it is now; null if there is none.
   */
  addUse(threadId: string, use: GoalUse): ThreadGoal | null {
    this.#db.run(
      `UPDATE goals SET tokens_used = tokens_used + ?,
       time_used_ms = time_used_ms + ?, updated_ms = ?,
       status = iif(status = 'active' AND token_budget IS NOT NULL
         AND tokens_used + ? >= token_budget, 'budgetLimited', status)
       WHERE thread_id = ?`,
      use.tokens,
      use.timeMs,
      this.#now(),
      use.tokens,
      threadId,
    );
    return this.#read(threadId);
  }

  #set(params: ThreadGoalSetParams): ThreadGoal {
    const objective = params.objective?.trim();
    if (objective === "") {
      throw RpcError.invalidRequest("goal objective must not be empty");
    }
    if (objective !== undefined && [...objective].length > MOST_CHARACTERS) {
      throw RpcError.invalidRequest(
        `goal objective must be at most ${MOST_CHARACTERS} characters`,
      );
    }
    if (params.tokenBudget != null && params.tokenBudget <= 0) {
      throw RpcError.invalidRequest(
        "goal budgets must be positive when provided",
      );
    }
    const old = this.#read(params.threadId);
    if (!old && objective === undefined) {
      throw RpcError.invalidRequest(
        `cannot update goal for thread ${params.threadId}: no goal exists`,
      );
    }
    const nowMs = this.#now();
    this.#db.run(
      `INSERT INTO goals (thread_id, objective, status, token_budget,
         tokens_used, time_used_ms, created_ms, updated_ms)
       VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?5)
       ON CONFLICT (thread_id) DO UPDATE SET objective = ?2, status = ?3,
         token_budget = ?4, updated_ms = ?5`,
      params.threadId,
      objective ?? old!.objective,
      params.status ?? old?.status ?? "active",
      params.tokenBudget === undefined
        ? old?.tokenBudget ?? null
        : params.tokenBudget,
      nowMs,
    );
    return this.#read(params.threadId)!;
  }

  #read(threadId: string): ThreadGoal | null {
    const row = this.#db.get(
      "SELECT * FROM goals WHERE thread_id = ?",
      threadId,
    );
    if (!row) return null;
    const seconds = (name: string): number =>
      Math.floor((row[name] as number) / 1000);
    return {
      threadId,
      objective: row.objective as string,
      status: row.status as ThreadGoalStatus,
      tokenBudget: row.token_budget as number | null,
      tokensUsed: row.tokens_used as number,
      timeUsedSeconds: seconds("time_used_ms"),
      createdAt: seconds("created_ms"),
      updatedAt: seconds("updated_ms"),
    };
  }
}
