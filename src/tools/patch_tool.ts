import type { ToolSpec } from "../model/mod.ts";
import type { CommandRequest } from "./_command_request.ts";
import { applyPatchSpec } from "./_patch_spec.ts";
import type { Patcher, PatcherOptions } from "./_patcher.ts";
import type { Stage } from "./stage.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

/** What every command contains that is a patch, or should have been one. */
const traces = /apply_?patch|\*\*\* Begin Patch/;

/**
 * `apply_patch`: changes files, as a tool of its own and as what a command does
 * that is nothing but a patch. What reads and applies patches is loaded with
 * the first.
 */
export class PatchTool implements Tool {
  readonly name = "apply_patch";
  readonly isParallel = false;
  readonly #options: PatcherOptions;
  #patcher: Promise<Patcher> | undefined;

  /** @param options What patches are applied with. */
  constructor(options: PatcherOptions) {
    this.#options = options;
  }

  spec({ model }: ToolSurroundings): ToolSpec | undefined {
    return model.hasPatchTool ? applyPatchSpec : undefined;
  }

  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    return await (await this.#load()).call(call, context);
  }

  /**
   * Applies the patch that a command is; nothing if it is anything else.
   *
   * @throws {unknown} the signal's reason.
   */
  async applyCommand(
    request: CommandRequest,
    call: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput | undefined> {
    if (!request.argv.some((word) => traces.test(word))) return undefined;
    return await (await this.#load()).applyCommand(request, call, context);
  }

  /** As {@linkcode Toolbox.tellDiff}. */
  async tellDiff(stage: Stage): Promise<void> {
    await (await this.#patcher)?.tellDiff(stage);
  }

  #load(): Promise<Patcher> {
    return this.#patcher ??= import("./_patcher.ts").then(({ Patcher }) =>
      new Patcher(this.#options)
    );
  }
}
