import type { ToolSpec } from "../model/mod.ts";
import type { ToolRequestUserInputQuestion } from "../protocol/mod.ts";
import { type Arguments, readArguments } from "./_arguments.ts";
import { toFunctionSpec } from "./_command_specs.ts";
import { failure } from "./command_runner.ts";
import { StorageError } from "./stage.ts";
import type { Tool, ToolCall, ToolContext, ToolOutput } from "./tool.ts";

const text = (description: string) => ({ type: "string", description });
const object = (properties: Readonly<Record<string, unknown>>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const spec = toFunctionSpec(
  "request_user_input",
  "Asks the user one to three short questions and waits for the answers. Only " +
    "in Plan mode.",
  {
    questions: {
      type: "array",
      description: "The questions; one is best.",
      items: object({
        id: text("Name of the question among the answers, in snake_case."),
        header: text("A word or two to put above it."),
        question: text("The question, one sentence."),
        options: {
          type: "array",
          description:
            "Two or three answers to choose from, the one that you " +
            'would take first, with "(Recommended)" behind. The user can ' +
            "always type another one.",
          items: object({
            label: text("The answer, a few words."),
            description: text("What comes of it, one sentence."),
          }),
        },
      }),
    },
  },
  ["questions"],
);

/** `request_user_input`: asks the user, in Plan mode. */
export class RequestUserInput implements Tool {
  readonly name = "request_user_input";
  readonly isParallel = false;

  spec(): ToolSpec {
    return spec;
  }

  async call(
    { callId, input }: ToolCall,
    { stage, settings, signal }: ToolContext,
  ): Promise<ToolOutput> {
    const questions = (readArguments(input).objects("questions") ?? [])
      .map(toQuestion);
    if (settings.collaborationMode.mode !== "plan") {
      return failure("request_user_input is unavailable in Default mode");
    }
    if (questions.some(({ options }) => options?.length === 0)) {
      return failure(
        "request_user_input requires non-empty options for every question",
      );
    }
    const { threadId, turnId } = stage;
    let answers: unknown = {};
    try {
      const response = await stage.ask("item/tool/requestUserInput", {
        threadId,
        turnId,
        itemId: callId,
        questions,
        isBlocking: true,
        autoResolutionMs: null,
      }, { signal, waitingOn: "waitingOnUserInput" });
      answers = response.answers;
    } catch (error) {
      // Whoever gives no answer that can be read has none.
      signal.throwIfAborted();
      if (error instanceof StorageError) throw error;
    }
    return { output: JSON.stringify({ answers }), isSuccess: true };
  }
}

function toQuestion(args: Arguments): ToolRequestUserInputQuestion {
  return {
    id: args.text("id"),
    header: args.text("header"),
    question: args.text("question"),
    isOther: true,
    isSecret: false,
    options: (args.objects("options") ?? []).map((option) => ({
      label: option.text("label"),
      description: option.text("description"),
    })),
  };
}
