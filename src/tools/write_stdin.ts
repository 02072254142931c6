import type { ToolSpec } from "../model/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { readArguments } from "./_arguments.ts";
import { writeStdinSpec } from "./_command_specs.ts";
import { toBudget, toOutputText } from "./_output_text.ts";
import type { TerminalTable } from "./_terminal_table.ts";
import { failure } from "./command_runner.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

/** How long output is waited for: after typing, and without. */
const typing = { defaultMs: 250, minMs: 250, maxMs: 30_000 } as const;
const polling = { defaultMs: 5000, minMs: 5000, maxMs: 300_000 } as const;

/** `write_stdin`: types to a command that goes on, or looks what it wrote. */
export class WriteStdin implements Tool {
  readonly name = "write_stdin";
  readonly isParallel = true;
  readonly #terminals: TerminalTable;

  /** @param terminals The commands of the thread. */
  constructor(terminals: TerminalTable) {
    this.#terminals = terminals;
  }

  spec({ model }: ToolSurroundings): ToolSpec | undefined {
    return model.hasShell ? writeStdinSpec : undefined;
  }

  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const args = readArguments(call.input);
    const processId = String(args.count("session_id"));
    const chars = args.optionalText("chars") ?? "";
    const { defaultMs, minMs, maxMs } = chars === "" ? polling : typing;
    const asked = args.optionalCount("yield_time_ms") ?? defaultMs;
    const maxTokens = args.optionalCount("max_output_tokens");
    const terminal = this.#terminals.find(processId);
    if (terminal === undefined) {
      return failure(`write_stdin failed: Unknown process id ${processId}`);
    }
    const { stage, signal, model } = context;
    const startedAt = performance.now();
    if (chars !== "") {
      try {
        await terminal.write(chars);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        // One that is over is told as that; any other never took input.
        if (!terminal.isOver) return failure(closed);
      }
    }
    if (!terminal.isOver) {
      stage.tell("item/commandExecution/terminalInteraction", {
        threadId: stage.threadId,
        turnId: stage.turnId,
        itemId: terminal.item.id,
        processId,
        stdin: chars,
      });
    }
    await terminal.wait(Math.min(Math.max(asked, minMs), maxMs), signal);
    const { exitCode } = terminal;
    if (exitCode !== undefined) this.#terminals.remove(terminal);
    return {
      output: toOutputText({
        wallMs: performance.now() - startedAt,
        state: exitCode === undefined ? { session: processId } : { exitCode },
        unread: terminal.takeUnread(),
        budget: toBudget(model, maxTokens),
      }),
      isSuccess: exitCode === undefined || exitCode === 0,
    };
  }
}

const closed = "write_stdin failed: stdin is closed for this session; rerun " +
  "exec_command with tty=true to keep stdin open";
