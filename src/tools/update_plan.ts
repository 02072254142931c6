import type { ToolSpec } from "../model/mod.ts";
import type { TurnPlanStep } from "../protocol/mod.ts";
import { type Arguments, readArguments } from "./_arguments.ts";
import { toFunctionSpec } from "./_command_specs.ts";
import { failure } from "./command_runner.ts";
import type { Tool, ToolCall, ToolContext, ToolOutput } from "./tool.ts";

const statuses = {
  pending: "pending",
  in_progress: "inProgress",
  completed: "completed",
} as const;

const spec = toFunctionSpec(
  "update_plan",
  "Shows the user the steps of the work and how far each is. One step at a " +
    "time is in progress.",
  {
    explanation: {
      type: "string",
      description: "Why the plan changes, if it does.",
    },
    plan: {
      type: "array",
      description: "All steps, in order.",
      items: {
        type: "object",
        properties: {
          step: { type: "string", description: "What is to be done." },
          status: {
            type: "string",
            description: "How far it is.",
            enum: Object.keys(statuses),
          },
        },
        required: ["step", "status"],
        additionalProperties: false,
      },
    },
  },
  ["plan"],
);

/** `update_plan`: a list of steps for the user to see. */
export class UpdatePlan implements Tool {
  readonly name = "update_plan";
  readonly isParallel = false;

  spec(): ToolSpec {
    return spec;
  }

  call(
    { input }: ToolCall,
    { stage, settings }: ToolContext,
  ): Promise<ToolOutput> {
    return Promise.try(() => {
      const args = readArguments(input);
      const explanation = args.optionalText("explanation") ?? null;
      const plan = (args.objects("plan") ?? []).map(toStep);
      if (settings.collaborationMode.mode === "plan") {
        return failure(
          "update_plan shows how far work is, so it is not for Plan mode",
        );
      }
      const { threadId, turnId } = stage;
      stage.tell("turn/plan/updated", { threadId, turnId, explanation, plan });
      return { output: "Plan updated", isSuccess: true };
    });
  }
}

function toStep(args: Arguments): TurnPlanStep {
  const names = ["pending", "in_progress", "completed"] as const;
  const status = args.choice("status", names) ?? "pending";
  return { step: args.text("step"), status: statuses[status] };
}
