import type { ToolSpec } from "../model/mod.ts";
import type { ThreadGoal } from "../protocol/mod.ts";
import { type Arguments, readArguments } from "./_arguments.ts";
import { toFunctionSpec } from "./_command_specs.ts";
import { failure } from "./command_runner.ts";
import { type Stage, StorageError } from "./stage.ts";
import type { Tool, ToolCall, ToolContext, ToolOutput } from "./tool.ts";
import type { Goals } from "./toolbox.ts";

const statuses = ["complete", "blocked", "paused"] as const;

const report = "The goal is reached. Tell the user what it took: the tokens " +
  "in `goal.tokensUsed`, of `goal.tokenBudget` if there is one, and the time " +
  "in `goal.timeUsedSeconds` if that is more than 0.";

/** `get_goal`, `create_goal` and `update_goal`. */
export function toGoalTools(goals: Goals): Tool[] {
  return [
    new GoalTool(
      toFunctionSpec(
        "get_goal",
        "Gives the goal of the thread: how it stands, its budget and what it " +
          "took so far.",
        {},
      ),
      () => goals.get(),
    ),
    new GoalTool(
      toFunctionSpec(
        "create_goal",
        "Sets a goal that work goes on for until it is reached. Only if the " +
          "user, or your instructions, clearly want one; not while another " +
          "one is unfinished.",
        {
          objective: {
            type: "string",
            description: "What is to be reached, in concrete words.",
          },
          token_budget: {
            type: "integer",
            description: "Tokens that it may take. Only if somebody names " +
              "a budget.",
          },
        },
        ["objective"],
      ),
      (args, stage) => {
        const objective = args.text("objective").trim();
        const tokenBudget = args.optionalNumber("token_budget") ?? null;
        if (objective === "") {
          throw new TypeError("goal objective must not be empty");
        }
        if (tokenBudget !== null && tokenBudget <= 0) {
          throw new TypeError("goal budgets must be positive when provided");
        }
        return goals.create({ objective, tokenBudget }, stage);
      },
    ),
    new GoalTool(
      toFunctionSpec(
        "update_goal",
        "Says how the goal stands. `complete`: it is reached and nothing is " +
          "left to do, not because the budget is. `blocked`: the same thing " +
          "was in the way for three turns in a row, and only the user or the " +
          "world can change that; after a goal is resumed, count from one. " +
          "`paused`: the user asked for that; stop working for it then.",
        {
          status: {
            type: "string",
            description: "How it stands.",
            enum: statuses,
          },
        },
        ["status"],
      ),
      (args, stage) => {
        const status = args.choice("status", statuses);
        if (status === undefined) throw new TypeError("missing field `status`");
        return goals.update(status, stage);
      },
    ),
  ];
}

/** A tool that answers with the goal. */
class GoalTool implements Tool {
  readonly name: string;
  readonly isParallel = false;
  readonly #spec: ToolSpec;
  readonly #act: (
    args: Arguments,
    stage: Stage,
  ) => Promise<ThreadGoal | null>;

  constructor(
    spec: ToolSpec,
    act: (args: Arguments, stage: Stage) => Promise<ThreadGoal | null>,
  ) {
    this.name = "name" in spec ? String(spec.name) : "";
    this.#spec = spec;
    this.#act = act;
  }

  spec(): ToolSpec {
    return this.#spec;
  }

  async call(
    { input }: ToolCall,
    { stage }: ToolContext,
  ): Promise<ToolOutput> {
    const args = readArguments(input);
    let goal: ThreadGoal | null;
    try {
      goal = await this.#act(args, stage);
    } catch (error) {
      if (error instanceof StorageError || !(error instanceof Error)) {
        throw error;
      }
      return failure(error.message);
    }
    const { tokenBudget = null, tokensUsed = 0, status } = goal ?? {};
    const isReached = this.name === "update_goal" && status === "complete";
    const hasCost = tokenBudget !== null || (goal?.timeUsedSeconds ?? 0) > 0;
    const answer = {
      goal: goal && toTold(goal),
      remainingTokens: tokenBudget === null
        ? null
        : Math.max(0, tokenBudget - tokensUsed),
      completionBudgetReport: isReached && hasCost ? report : null,
    };
    return { output: JSON.stringify(answer), isSuccess: true };
  }
}

/** A goal as models are told of it: a budget that there is none of is not. */
function toTold({ tokenBudget, ...goal }: ThreadGoal): unknown {
  const { threadId, objective, status, ...costs } = goal;
  return {
    threadId,
    objective,
    status,
    ...tokenBudget !== null && { tokenBudget },
    ...costs,
  };
}
