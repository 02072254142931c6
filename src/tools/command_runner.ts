import { readCommand, toCommandLine, toRejection } from "../consent/mod.ts";
import { type CommandExecutionItem, RpcError } from "../protocol/mod.ts";
import type { Leave } from "./_answer.ts";
import { type CommandRequest, RefusedRequest } from "./_command_request.ts";
import { type Grants, join } from "./_grants.ts";
import { toGrant } from "./_permissions.ts";
import { Terminal } from "./_terminal.ts";
import type { TerminalTable } from "./_terminal_table.ts";
import type { CommandApprovals, CommandQuestion } from "./command_approvals.ts";
import type { ToolCall, ToolContext, ToolOutput } from "./tool.ts";

/** What commands are run with. */
export interface CommandRunnerOptions {
  readonly approvals: CommandApprovals;
  readonly grants: Grants;
  /** Sees to the end of commands. */
  readonly terminals: TerminalTable;
  /** How long a command may be on trial, in milliseconds. */
  readonly trialMs: number;
}

/** How a tool runs its commands. */
export interface RunOptions {
  /** Number of the command among those of the thread. */
  readonly processId: string;
}

/** A command that runs. */
export interface Running {
  readonly terminal: Terminal;
  /** What the model is to be told beside the output. */
  readonly note: string | undefined;
}

/** A command on its way. */
interface Attempt {
  readonly question: CommandQuestion;
  readonly call: ToolCall;
  readonly context: ToolContext;
  readonly options: RunOptions;
}

/** Takes a command from the wish to its start: consent, sandbox, item. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;

  /** @param options What commands are run with. */
  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  /**
   * Starts a command, or says to the model why not.
   *
   * @throws {unknown} the signal's reason, if nothing was started.
   */
  async start(
    request: CommandRequest,
    call: ToolCall,
    context: ToolContext,
    options: RunOptions,
  ): Promise<Running | ToolOutput> {
    const { approvals } = this.#options;
    const question = { ...request, item: this.#toItem(request, call) };
    const leave = await approvals.obtain(question, context);
    const attempt = { question, call, context, options };
    if (!leave.isGranted) return this.#refuse(leave, attempt);
    const mayRetry = !leave.isUnconfined && !leave.isShown &&
      await approvals.mayRetry(question, context);
    const started = await this.#launch(leave, attempt, mayRetry);
    if (!mayRetry || !("terminal" in started)) return started;
    await started.terminal.tried;
    if (!started.terminal.isDiscarded) return started;
    const second = await approvals.retry(question, context);
    return second.isGranted
      ? await this.#launch(second, attempt)
      : this.#refuse(second, attempt);
  }

  #refuse(
    { isShown, status, reason, endsTurn }: Leave & { isGranted: false },
    { question: { item }, context: { stage } }: Attempt,
  ): ToolOutput {
    if (isShown) stage.completed({ ...item, status });
    return failure(reason, endsTurn);
  }

  /** Starts what was agreed to. */
  async #launch(
    { isShown, isUnconfined, note }: Leave & { isGranted: true },
    { question, call, context, options }: Attempt,
    isOnTrial = false,
  ): Promise<Running | ToolOutput> {
    const { stage, signal } = context;
    const { item: asked, ...request } = question;
    const item: CommandExecutionItem = {
      ...asked,
      source: "unifiedExecStartup",
      processId: options.processId,
    };
    try {
      signal.throwIfAborted();
      if (isShown || isUnconfined) await refuseOtherPlace(request, signal);
      const { grants, terminals, trialMs } = this.#options;
      const { site, additional } = request;
      const granted = grants.of(stage, site);
      const terminal = await terminals.follow(() =>
        Terminal.start({
          start: () =>
            site.start({
              ...request,
              settings: context.settings,
              grant: additional === null
                ? granted
                : join(granted, toGrant(additional)),
              isUnconfined,
              owner: { threadId: stage.threadId, callId: call.callId },
              processId: options.processId,
              signal,
            }),
          stage,
          isShown,
          item,
          trial: isOnTrial
            ? { ms: trialMs, isStopped: isStoppedBySandbox }
            : undefined,
        })
      );
      return { terminal, note };
    } catch (error) {
      if (signal.aborted) {
        if (isShown) stage.completed({ ...asked, status: "declined" });
        throw signal.reason;
      }
      const isReason = error instanceof RpcError ||
        error instanceof RefusedRequest;
      if (!isReason) throw error;
      const reason = `Failed to create unified exec process: ${
        toReason(error)
      }`;
      const unstarted = { ...item, processId: null };
      if (!isShown) stage.started(unstarted);
      stage.completed({
        ...unstarted,
        status: "failed",
        aggregatedOutput: reason,
        exitCode: -1,
        durationMs: 0,
      });
      return failure(toRejection(reason));
    }
  }

  #toItem(
    { argv, cwd }: CommandRequest,
    { callId }: ToolCall,
  ): CommandExecutionItem {
    return {
      type: "commandExecution",
      id: callId,
      pluginId: null,
      scriptPath: null,
      command: toCommandLine(argv),
      cwd,
      processId: null,
      source: "agent",
      status: "inProgress",
      commandActions: readCommand(argv, { cwd }),
      aggregatedOutput: null,
      exitCode: null,
      durationMs: null,
    };
  }
}

/**
 * Makes sure that what was agreed to runs where it was agreed to: a command of
 * the model could have put a link in the place of the directory meanwhile.
 */
async function refuseOtherPlace(
  { site, cwd, place }: CommandRequest,
  signal: AbortSignal,
): Promise<void> {
  if (await site.realPlace(cwd, signal) === place) return;
  throw RpcError.internal(
    `working directory ${cwd} is not ${place} any more; ask again`,
  );
}

/** What the model is told of a call that came to nothing. */
export function failure(text: string, endsTurn = false): ToolOutput {
  return { output: text, isSuccess: false, ...endsTurn && { endsTurn } };
}

/** Why a command can't be started, without what is clear anyway. */
function toReason({ message }: Error): string {
  return message.replace(/^failed to spawn command: /, "");
}

/** What programs say when the sandbox is in their way. */
const stopped =
  /read-only file system|permission denied|operation not permitted|\b(?:EROFS|EACCES|EPERM)\b|bad system call|network is unreachable|temporary failure in name resolution|could not resolve host/i;

/** Whether a command seems to have failed because it was confined. */
function isStoppedBySandbox(exitCode: number, output: string): boolean {
  return exitCode !== 0 && stopped.test(output);
}
