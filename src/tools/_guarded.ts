import type { ToolSpec } from "../model/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { ArgumentError } from "./_arguments.ts";
import { RefusedRequest } from "./_command_request.ts";
import { toAbortedText } from "./_output_text.ts";
import { failure } from "./command_runner.ts";
import { StorageError } from "./stage.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

/**
 * A tool whose failures are answers: the model is told what went wrong, and the
 * turn goes on. Only a history that can't be written ends it.
 */
export class Guarded implements Tool {
  readonly name: string;
  readonly namespace?: string;
  readonly isParallel: boolean;
  readonly #tool: Tool;
  readonly #log: Logger;

  /** @param log Is told of what should not have happened. */
  constructor(tool: Tool, log: Logger) {
    this.name = tool.name;
    if (tool.namespace !== undefined) this.namespace = tool.namespace;
    this.isParallel = tool.isParallel;
    this.#tool = tool;
    this.#log = log;
  }

  spec(surroundings: ToolSurroundings): ToolSpec | undefined {
    return this.#tool.spec(surroundings);
  }

  isDeferred(surroundings: ToolSurroundings): boolean {
    return this.#tool.isDeferred?.(surroundings) === true;
  }

  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const startedAt = performance.now();
    try {
      context.signal.throwIfAborted();
      return await this.#tool.call(call, context);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      if (context.signal.aborted) return failure(toAbortedText(startedAt));
      if (error instanceof ArgumentError || error instanceof RefusedRequest) {
        return failure(error.message);
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error("a tool failed", { tool: this.name, error: reason });
      return failure(`${this.name} failed: ${reason}`);
    }
  }
}
