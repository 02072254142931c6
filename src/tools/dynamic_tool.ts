import type { ResponseOutput, ToolSpec } from "../model/mod.ts";
import type {
  DynamicToolCallItem,
  DynamicToolCallOutputContentItem,
  DynamicToolFunctionSpec,
  DynamicToolSpec,
  JsonValue,
} from "../protocol/mod.ts";
import { readArguments } from "./_arguments.ts";
import { isImageUrl } from "./_image_data.ts";
import type { Tool, ToolCall, ToolContext, ToolOutput } from "./tool.ts";

/** Name that a tool stands under, and what it is for. */
interface Namespace {
  readonly name: string;
  readonly description: string;
}

/** The tools of a client, from all the forms in which they are declared. */
export function toDynamicTools(specs: readonly DynamicToolSpec[]): Tool[] {
  return specs.flatMap((spec): Tool[] => {
    if (!("type" in spec)) {
      const { namespace, name, description, inputSchema } = spec;
      const isHidden = spec.exposeToContext === false;
      const deferLoading = spec.deferLoading ?? isHidden;
      return [
        new DynamicTool(
          { type: "function", name, description, inputSchema, deferLoading },
          namespace ? { name: namespace, description: "" } : undefined,
        ),
      ];
    }
    if (spec.type === "function") return [new DynamicTool(spec)];
    const { name, description, tools } = spec;
    return tools.map((tool) => new DynamicTool(tool, { name, description }));
  });
}

/** A tool that a client brings along, and that runs there. */
class DynamicTool implements Tool {
  readonly name: string;
  readonly namespace?: string;
  readonly isParallel = true;
  readonly #tool: DynamicToolFunctionSpec;
  readonly #place: Namespace | undefined;

  constructor(tool: DynamicToolFunctionSpec, place?: Namespace) {
    this.name = tool.name;
    if (place !== undefined) this.namespace = place.name;
    this.#tool = tool;
    this.#place = place;
  }

  isDeferred(): boolean {
    return this.#tool.deferLoading === true;
  }

  spec(): ToolSpec {
    const { name, description, inputSchema } = this.#tool;
    const spec: ToolSpec = {
      type: "function",
      name,
      description,
      strict: false,
      parameters: toSchema(inputSchema),
    };
    return this.#place === undefined
      ? spec
      : { type: "namespace", ...this.#place, tools: [spec] };
  }

  async call(
    { callId, input }: ToolCall,
    { stage, signal }: ToolContext,
  ): Promise<ToolOutput> {
    const startedAt = performance.now();
    const item: DynamicToolCallItem = {
      type: "dynamicToolCall",
      id: callId,
      namespace: this.namespace ?? null,
      tool: this.name,
      arguments: readArguments(input).all as JsonValue,
      status: "inProgress",
      contentItems: null,
      success: null,
      durationMs: null,
    };
    stage.started(item);
    const complete = (
      contentItems: DynamicToolCallOutputContentItem[],
      success: boolean,
    ) =>
      stage.completed({
        ...item,
        status: success ? "completed" : "failed",
        contentItems,
        success,
        durationMs: Math.round(performance.now() - startedAt),
      });
    const { threadId, turnId } = stage;
    const { namespace, tool } = item;
    try {
      const { contentItems, success } = await stage.ask("item/tool/call", {
        threadId,
        turnId,
        callId,
        namespace,
        tool,
        arguments: item.arguments,
      }, { signal, isSilent: true });
      complete(contentItems, success);
      return { output: toOutput(contentItems), isSuccess: success };
    } catch (error) {
      if (signal.aborted) {
        complete([], false);
        throw signal.reason;
      }
      if (!(error instanceof Error) || error.name !== "RpcError") throw error;
      const text = "dynamic tool request failed";
      complete([{ type: "inputText", text }], false);
      return { output: text, isSuccess: false };
    }
  }
}

/** A schema that every provider takes. */
function toSchema(schema: JsonValue): Record<string, unknown> {
  const isObject = typeof schema === "object" && schema !== null &&
    !Array.isArray(schema);
  return { type: "object", properties: {}, ...isObject && schema };
}

/** What the model sees of it: one text as it is. */
function toOutput(
  items: readonly DynamicToolCallOutputContentItem[],
): ResponseOutput {
  const [first] = items;
  if (items.length === 1 && first?.type === "inputText") return first.text;
  return items.map((item) => {
    if (item.type === "inputText") {
      return { type: "input_text", text: item.text };
    }
    if (item.type === "inputImage" && isImageUrl(item.imageUrl)) {
      return {
        type: "input_image",
        image_url: item.imageUrl,
        detail: "high",
      };
    }
    const what = item.type === "inputImage" ? "image" : "audio";
    return {
      type: "input_text",
      text: `${what} content omitted because it could not be processed`,
    };
  });
}
