import type { ToolSpec } from "../model/mod.ts";
import { failure } from "./command_runner.ts";
import { findHere } from "./find_here.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

/**
 * A tool that works on this machine: for a thread that is not set to work here,
 * it does nothing.
 */
export class Local implements Tool {
  readonly name: string;
  readonly isParallel: boolean;
  readonly #tool: Tool;

  constructor(tool: Tool) {
    this.name = tool.name;
    this.isParallel = tool.isParallel;
    this.#tool = tool;
  }

  spec(surroundings: ToolSurroundings): ToolSpec | undefined {
    return this.#tool.spec(surroundings);
  }

  call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    return findHere(context.settings) === undefined
      ? Promise.resolve(failure(nowhere))
      : this.#tool.call(call, context);
  }
}

/** What a model is told that has no place to work in. */
const nowhere =
  "This thread has no environment now that commands and files could be used " +
  "in. Go on without this tool until you are told of one that is ready.";
