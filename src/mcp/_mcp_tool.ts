import type { ToolSpec } from "../model/mod.ts";
import {
  type JsonValue,
  type McpServerElicitationRequestResponse,
  type McpToolCallItem,
  type McpToolCallResult,
  RpcError,
  type ThreadSettings,
  type Tool as ToolFacts,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import {
  StorageError,
  type Tool,
  type ToolCall,
  type ToolContext,
  type ToolOutput,
  type ToolSurroundings,
} from "../tools/mod.ts";
import { describeTool } from "./_describe_tool.ts";
import { isAnswer, toQuestion } from "./_elicitation.ts";
import { parseInput, toArguments } from "./_input.ts";
import { toFailedOutput, toOutput, toShownResult } from "./_tool_output.ts";
import { type Approvals, readOnlyHint } from "./approvals.ts";
import type { Caller, CallResult, Elicitation } from "./caller.ts";
import type { Server } from "./server.ts";

/** What a tool is made of. */
export interface McpToolOptions {
  readonly server: Server;
  readonly tool: ToolFacts;
  /** What models call it by, and where it stands. */
  readonly name: string;
  readonly namespace: string;
  readonly approvals: Approvals;
  readonly log: Logger;
}

/** A tool of an MCP server, as models call it. */
export class McpTool implements Tool {
  readonly name: string;
  readonly namespace: string;
  readonly isParallel: boolean;
  readonly #options: McpToolOptions;

  constructor(options: McpToolOptions) {
    const { name, namespace, server, tool } = options;
    this.name = name;
    this.namespace = namespace;
    this.isParallel = server.config.isParallel || readOnlyHint(tool) === true;
    this.#options = options;
  }

  spec(): ToolSpec {
    const { server, tool } = this.#options;
    return {
      type: "namespace",
      name: this.namespace,
      description: server.connection?.instructions ??
        `Tools of the MCP server \`${server.name}\`.`,
      tools: [{
        type: "function",
        name: this.name,
        description: describeTool(tool, server.config) ?? "",
        strict: false,
        parameters: toSchema(tool.inputSchema),
      }],
    };
  }

  /** There may be any number of them: who can search is not told of all. */
  isDeferred({ model }: ToolSurroundings): boolean {
    return model.findsTools;
  }

  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const startedAt = performance.now();
    const { stage, signal, model } = context;
    let input: JsonValue;
    try {
      input = parseInput(call.input);
    } catch (error) {
      const reason = `err: ${(error as Error).message}`;
      const wallMs = performance.now() - startedAt;
      return { output: toFailedOutput(reason, wallMs), isSuccess: false };
    }
    const item = this.#toItem(call.callId, input);
    stage.started(item);
    let calledAt = performance.now();
    const since = (start: number) => performance.now() - start;
    const fail = (reason: string): ToolOutput => {
      stage.completed({
        ...item,
        status: "failed",
        error: { message: reason },
        durationMs: Math.round(since(calledAt)),
      });
      const output = toFailedOutput(reason, since(startedAt));
      return { output, isSuccess: false };
    };
    try {
      const { server, tool, approvals } = this.#options;
      const args = toArguments(input);
      const leave = await approvals.decide(
        {
          config: server.config,
          tool,
          input: args,
          itemId: item.id,
          hookedName: `${this.namespace}__${this.name}`,
        },
        context,
      );
      calledAt = performance.now();
      if (!leave.isGranted) return fail(leave.reason);
      const result = await this.#call(item, args, context);
      const isSuccess = result.isError !== true;
      const shown = toShownResult(result);
      stage.completed({
        ...item,
        status: isSuccess ? "completed" : "failed",
        result: shown,
        durationMs: Math.round(since(calledAt)),
      });
      return {
        output: toOutput(result, since(startedAt), model),
        isSuccess,
        response: isSuccess ? toResponse(shown) : null,
      };
    } catch (error) {
      if (error instanceof StorageError) throw error;
      if (signal.aborted) {
        fail("MCP tool call was interrupted");
        throw signal.reason;
      }
      const reason = error instanceof Error ? error.message : String(error);
      const { server, tool } = this.#options;
      return fail(
        `tool call error: tool call failed for \`${server.name}/${tool.name}\`` +
          `\n\nCaused by:\n    ${reason}`,
      );
    }
  }

  async #call(
    item: McpToolCallItem,
    args: Record<string, JsonValue>,
    context: ToolContext,
  ): Promise<CallResult> {
    const { server, tool } = this.#options;
    const { stage, signal, settings } = context;
    const { threadId, turnId } = stage;
    const connection = await server.connected();
    const turn = {
      thread_id: threadId,
      turn_id: turnId,
      model: settings.model,
    };
    return await connection.call(tool.name, args, {
      signal,
      meta: {
        callId: item.id,
        threadId,
        turnId,
        itemId: item.id,
        "x-codex-turn-metadata": turn,
      },
      progress: (message) =>
        stage.tell("item/mcpToolCall/progress", {
          threadId,
          turnId,
          itemId: item.id,
          message,
        }),
      elicit: (asked, signal) => this.#elicit(asked, signal, context),
    });
  }

  async #elicit(
    asked: Elicitation,
    signal: AbortSignal,
    { stage, settings }: ToolContext,
  ): ReturnType<Caller["elicit"]> {
    const no: McpServerElicitationRequestResponse = { action: "decline" };
    if (!mayElicit(settings)) return no;
    const { threadId, turnId } = stage;
    const origin = {
      threadId,
      turnId,
      serverName: this.#options.server.name,
    };
    try {
      const answer = await stage.ask(
        "mcpServer/elicitation/request",
        toQuestion(asked, origin),
        { signal, waitingOn: "waitingOnApproval" },
      );
      return isAnswer(answer) ? answer : no;
    } catch (error) {
      if (error instanceof RpcError) return no;
      throw error;
    }
  }

  #toItem(id: string, input: JsonValue): McpToolCallItem {
    const { server, tool } = this.#options;
    return {
      type: "mcpToolCall",
      id,
      server: server.name,
      tool: tool.name,
      status: "inProgress",
      arguments: input,
      appContext: null,
      mcpAppUi: null,
      pluginId: server.config.plugin?.id ?? null,
      readOnlyHint: readOnlyHint(tool),
      result: null,
      error: null,
      durationMs: null,
    };
  }
}

/** What hooks are told of a result: what there is of it. */
function toResponse(result: McpToolCallResult): JsonValue {
  const { content, structuredContent } = result;
  return {
    content: [...content],
    ...structuredContent !== null && { structuredContent },
  };
}

/** Whether a server may ask people anything. */
function mayElicit({ approvalPolicy }: ThreadSettings): boolean {
  return typeof approvalPolicy === "object"
    ? approvalPolicy.granular.mcp_elicitations
    : approvalPolicy !== "never";
}

/** A schema that every provider takes. */
function toSchema(schema: JsonValue): Record<string, unknown> {
  const isObject = typeof schema === "object" && schema !== null &&
    !Array.isArray(schema);
  const fields = isObject ? { ...schema } as Record<string, unknown> : {};
  delete fields["$schema"];
  return { type: "object", properties: {}, ...fields };
}
