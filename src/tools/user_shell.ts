import { readCommand, toCommandLine } from "../consent/mod.ts";
import { commandWords, type Programs } from "../exec/mod.ts";
import type { Config } from "../config/mod.ts";
import { type CommandExecutionItem, RpcError } from "../protocol/mod.ts";
import { findShell } from "./_command_line.ts";
import { shorten } from "./_shorten.ts";
import { toShellEnvironment } from "./_shell_environment.ts";
import { Terminal } from "./_terminal.ts";
import type { TerminalTable } from "./_terminal_table.ts";
import type { ShellCommandOptions } from "./toolbox.ts";

const TIMEOUT_MS = 60 * 60 * 1000;
const OUTPUT_TOKENS = 10_000;

/** What a user's commands are run with. */
export interface UserShellOptions {
  readonly programs: Programs;
  readonly config: Config;
  /** Sees to the end of commands. */
  readonly terminals: TerminalTable;
}

/**
 * Runs what a user typed. It is the user's own doing, so nobody is asked and
 * nothing but the server's own rules confines it.
 *
 * @returns What the model sees of it.
 */
export async function runUserShell(
  script: string,
  { stage, settings, signal, timeoutMs = TIMEOUT_MS }: ShellCommandOptions,
  { programs, config, terminals }: UserShellOptions,
): Promise<string> {
  const { cwd } = settings;
  const id = crypto.randomUUID();
  const shell = await findShell(undefined, programs.environment["SHELL"]);
  const argv = [shell, "-lc", script] as const;
  const item: CommandExecutionItem = {
    type: "commandExecution",
    id,
    pluginId: null,
    scriptPath: null,
    command: toCommandLine(argv),
    cwd,
    processId: null,
    source: "userShell",
    status: "inProgress",
    commandActions: readCommand(argv, { cwd }),
    aggregatedOutput: null,
    exitCode: null,
    durationMs: null,
  };
  const startedAt = performance.now();
  const tell = (exitCode: number, output: string) =>
    toText(script, exitCode, performance.now() - startedAt, output);
  stage.started(item);
  let terminal: Terminal;
  try {
    terminal = await terminals.follow(() =>
      Terminal.start({
        stage,
        item,
        isShown: true,
        start: () =>
          programs.start(
            {
              words: commandWords,
              command: argv,
              cwd,
              env: toShellEnvironment(config, programs.environment, {
                threadId: stage.threadId,
                callId: id,
              }),
              terminal: undefined,
              takesInput: false,
              isStreamed: true,
              capBytes: Infinity,
              timeoutMs,
              graceMs: 0,
              keepAlive: undefined,
              sandboxPolicy: undefined,
              permissionProfile: undefined,
              isUnconfined: true,
            },
            id,
            () => {},
          ),
      })
    );
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    stage.completed({
      ...item,
      status: "failed",
      aggregatedOutput: error.message,
      exitCode: -1,
      durationMs: 0,
    });
    return tell(-1, error.message);
  }
  const end = () => terminal.terminate();
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  await terminal.over;
  signal.removeEventListener("abort", end);
  const { text, ...original } = terminal.takeUnread();
  const shown = signal.aborted ? "command aborted by user" : shorten(
    text,
    { tokens: OUTPUT_TOKENS, unit: "tokens" },
    original,
  );
  return tell(terminal.exitCode ?? -1, shown);
}

function toText(
  script: string,
  exitCode: number,
  ms: number,
  output: string,
): string {
  return [
    "<user_shell_command>",
    "<command>",
    script,
    "</command>",
    "<result>",
    `Exit code: ${exitCode}`,
    `Duration: ${(ms / 1000).toFixed(4)} seconds`,
    "Output:",
    output,
    "</result>",
    "</user_shell_command>",
  ].join("\n");
}
