import { readArguments } from "./_arguments.ts";
import { readCommand } from "./_command_request.ts";
import { toBudget } from "./_output_text.ts";
import { shorten } from "./_shorten.ts";
import { type CommandRunner, failure } from "./command_runner.ts";
import type { PatchTool } from "./patch_tool.ts";
import type { Tool, ToolCall, ToolContext, ToolOutput } from "./tool.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
/** A day: timers hold little more. */
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** What the tool works with. */
export interface ShellCommandToolOptions {
  readonly runner: CommandRunner;
  /** Applies the patches that are written as commands. */
  readonly patches: PatchTool;
  /** The user's shell. */
  readonly shell: () => string | undefined;
  /** Whether login shells may be used. */
  readonly allowsLogin: boolean;
}

/**
 * `shell_command`: runs a command to its end. Older models call it; nobody is
 * offered it any more.
 */
export class ShellCommand implements Tool {
  readonly name = "shell_command";
  readonly isParallel = true;
  readonly #options: ShellCommandToolOptions;

  /** @param options What it works with. */
  constructor(options: ShellCommandToolOptions) {
    this.#options = options;
  }

  spec(): undefined {}

  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const { runner, patches, shell, allowsLogin } = this.#options;
    const { settings, signal, model } = context;
    const args = readArguments(call.input);
    const timeoutMs = args.optionalCount("timeout_ms") ?? DEFAULT_TIMEOUT_MS;
    const request = await readCommand(args, "command", {
      settings,
      shell: shell(),
      allowsLogin,
      takesAdditional: false,
    });
    const patched = await patches.applyCommand(request, call, context);
    if (patched !== undefined) return patched;
    const startedAt = performance.now();
    const started = await runner.start(request, call, context, {
      source: "shell",
      processId: null,
      timeoutMs: Math.min(timeoutMs, MAX_TIMEOUT_MS),
    });
    if (!("terminal" in started)) return started;
    const { terminal, note } = started;
    try {
      await terminal.wait(undefined, signal);
    } catch (error) {
      // Nobody could ever reach it again.
      terminal.terminate();
      await terminal.over;
      throw error;
    }
    const { exitCode } = terminal;
    if (exitCode === undefined) return failure("the command did not end");
    const seconds = (performance.now() - startedAt) / 1000;
    const { text, ...original } = terminal.takeUnread();
    const shown = shorten(text, toBudget(model), original);
    return {
      output:
        `Exit code: ${exitCode}\nWall time: ${seconds.toFixed(1)} seconds\n` +
        `Output:\n${shown}`,
      response: shown,
      isSuccess: exitCode === 0,
      ...note !== undefined && { note },
    };
  }
}
