import type { ToolSpec } from "../model/mod.ts";
import { readArguments } from "./_arguments.ts";
import { readCommand } from "./_command_request.ts";
import { toBody, toBudget, toOutputText } from "./_output_text.ts";
import type { TerminalTable } from "./_terminal_table.ts";
import { toExecCommandSpec, withEnvironment } from "./_command_specs.ts";
import type { CommandRunner } from "./command_runner.ts";
import type { PatchTool } from "./patch_tool.ts";
import type { Sites } from "./sites.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

const DEFAULT_YIELD_MS = 10_000;
const MIN_YIELD_MS = 250;
const MAX_YIELD_MS = 30_000;

/** What the tool works with. */
export interface ExecCommandOptions {
  readonly runner: CommandRunner;
  readonly terminals: TerminalTable;
  /** Applies the patches that are written as commands. */
  readonly patches: PatchTool;
  readonly sites: Sites;
  /** Whether login shells may be used. */
  readonly allowsLogin: boolean;
  /** Whether permissions can be asked for command by command. */
  readonly takesAdditional: boolean;
}

/**
 * `exec_command`: runs a command, and gives it a number under which it goes on
 * if it takes longer than the model wants to wait.
 */
export class ExecCommand implements Tool {
  readonly name = "exec_command";
  readonly isParallel = true;
  readonly #options: ExecCommandOptions;

  /** @param options What it works with. */
  constructor(options: ExecCommandOptions) {
    this.#options = options;
  }

  spec({ settings, model }: ToolSurroundings): ToolSpec | undefined {
    if (!model.hasShell) return undefined;
    return withEnvironment(toExecCommandSpec(this.#options), settings);
  }

  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const { runner, terminals, patches, sites } = this.#options;
    const { takesAdditional, allowsLogin } = this.#options;
    const args = readArguments(call.input);
    const yieldMs = args.optionalCount("yield_time_ms") ?? DEFAULT_YIELD_MS;
    const maxTokens = args.optionalCount("max_output_tokens");
    const { signal, model } = context;
    const request = await readCommand(args, "cmd", {
      site: sites.find(context, args.optionalText("environment_id")),
      signal,
      allowsLogin,
      takesAdditional,
    });
    const patched = await patches.applyCommand(request, call, context);
    if (patched !== undefined) return patched;
    const processId = terminals.reserve();
    using _ = { [Symbol.dispose]: () => terminals.release(processId) };
    const started = await runner.start(request, call, context, {
      processId,
    });
    if (!("terminal" in started)) return started;
    const { terminal, note } = started;
    terminals.add(terminal, request.script);
    const startedAt = performance.now();
    const ms = Math.min(Math.max(yieldMs, MIN_YIELD_MS), MAX_YIELD_MS);
    await terminal.wait(ms, signal);
    const { exitCode } = terminal;
    if (exitCode !== undefined) terminals.remove(terminal);
    const output = toOutputText({
      wallMs: performance.now() - startedAt,
      state: exitCode === undefined ? { session: processId } : { exitCode },
      unread: terminal.takeUnread(),
      budget: toBudget(model, maxTokens),
    });
    return {
      output,
      // Of a command that goes on, nothing can be said yet.
      response: exitCode === undefined ? null : toBody(output),
      isSuccess: exitCode === undefined || exitCode === 0,
      ...note !== undefined && { note },
    };
  }
}
