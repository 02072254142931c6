import {
  type CommandOrder,
  decide,
  decideRetry,
  type Decision,
  type Question,
  SessionApprovals,
  toRejection,
} from "../consent/mod.ts";
import type { PatchPlan } from "../patch/mod.ts";
import type {
  AdditionalPermissionProfile,
  CommandExecutionItem,
  FileChangeItem,
  PermissionsRequestApprovalResponse,
  RequestPermissionProfile,
  ServerMethodName,
  ServerRequests,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import {
  type Answer,
  granted,
  type Leave,
  refusal,
  refused,
  settle,
  toAnswer,
  toCommandAnswer,
} from "./_answer.ts";
import { isConfined } from "./_grants.ts";
import { review } from "./_review.ts";
import type { RuleBook } from "./_rule_book.ts";
import { type AskOptions, StorageError } from "./stage.ts";
import type { ToolContext } from "./tool.ts";
import type { Reviewer } from "./toolbox.ts";

/** A command that a model wants to run. */
export interface CommandQuestion {
  /** The command, as it would be started. */
  readonly argv: readonly string[];
  /** What of it the model wrote. */
  readonly script: string;
  /** Where it would run. */
  readonly cwd: string;
  /** The same by real path: whoever agrees means that directory. */
  readonly place: string;
  /** Whether it would get a terminal. */
  readonly hasTerminal: boolean;
  /** Whether it is to run outside of the sandbox. */
  readonly isEscalated: boolean;
  /** What it wants beyond the sandbox. */
  readonly additional: AdditionalPermissionProfile | null;
  /** What the model would tell the user. */
  readonly justification: string | undefined;
  /** First words that the model would have allowed for good. */
  readonly prefixRule: readonly string[] | undefined;
  /** The item, as somebody who is asked is shown it. */
  readonly item: CommandExecutionItem;
  /** Which tool it is from. */
  readonly source: "shell" | "unifiedExec";
}

/** A patch that a model wants to apply. */
export interface PatchQuestion {
  readonly plan: PatchPlan;
  /** Where its paths start. */
  readonly cwd: string;
  readonly item: FileChangeItem;
}

/** What {@linkcode Approvals} is made of. */
export interface ApprovalsOptions {
  readonly rules: RuleBook;
  /** Who answers in place of the user, if there is somebody. */
  readonly reviewer: Reviewer | undefined;
  readonly log: Logger;
}

/**
 * Where everything that needs somebody's consent passes: decides whether it
 * does, asks, and remembers what was agreed for the session. Questions come one
 * after the other. Only a clear yes is one: whatever else happens, such as an
 * error, an answer that makes no sense or a turn that is over, is none.
 */
export class Approvals {
  readonly #options: ApprovalsOptions;
  /** Commands that were agreed to for the session, with all about them. */
  readonly #commands = new SessionApprovals();
  /** Paths, likewise. */
  readonly #paths = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  /** Remembers nothing yet. */
  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /**
   * Whether a command may run, and how.
   *
   * @throws {unknown} the signal's reason.
   */
  async command(
    question: CommandQuestion,
    context: ToolContext,
  ): Promise<Leave> {
    const decision = await this.#decide(question, context.settings);
    if (decision.kind !== "ask") return toLeave(decision);
    return await this.#inTurn(context, async () => {
      // What was agreed to meanwhile may settle this too.
      const decision = await this.#decide(question, context.settings);
      if (decision.kind !== "ask") return toLeave(decision);
      const answer = await completing(
        question.item,
        context,
        () => this.#askAboutCommand(question, decision, context),
      );
      return await this.#settleCommand(answer, question, decision);
    });
  }

  /**
   * What becomes of a command that the sandbox has stopped, before anybody was
   * told of it.
   *
   * @throws {unknown} the signal's reason.
   */
  async retry(
    question: CommandQuestion,
    context: ToolContext,
  ): Promise<Leave> {
    return await this.#inTurn(context, async () => {
      const again = await this.#decideRetry(question, context.settings);
      // The rules have changed while it ran.
      if (again === undefined) {
        const reason = toRejection(refused.stopped);
        return refusal("failed", reason, { isShown: false });
      }
      const answer = await completing(
        question.item,
        context,
        () => this.#askAboutCommand(question, again, context),
      );
      return await this.#settleCommand(answer, question, again);
    });
  }

  /** Whether {@linkcode Approvals.retry} would ask. */
  async mayRetry(
    question: CommandQuestion,
    { settings }: ToolContext,
  ): Promise<boolean> {
    return await this.#decideRetry(question, settings) !== undefined;
  }

  /**
   * Whether a patch may be applied.
   *
   * @throws {unknown} the signal's reason.
   */
  async patch(
    { plan, cwd, item }: PatchQuestion,
    context: ToolContext,
  ): Promise<Leave> {
    const { settings, stage } = context;
    const { approvalPolicy } = settings;
    const isFree = plan.isWritable || !isConfined(settings);
    if (isFree && approvalPolicy !== "untrusted") return granted(false);
    if (!mayAskToLeave(settings)) {
      return refusal("declined", refused.outside, { isShown: false });
    }
    const paths = plan.places.map(({ path, places }) =>
      JSON.stringify([path, places])
    );
    return await this.#inTurn(context, async () => {
      if (paths.every((path) => this.#paths.has(path))) return granted(false);
      const startedAtMs = Date.now();
      stage.started({ ...item, startedAtMs });
      const asking = async () =>
        await review(this.#options.reviewer, context, {
          action: {
            type: "applyPatch",
            cwd,
            files: plan.places.map(({ path }) => path),
          },
          reason: null,
          itemId: item.id,
          show: () => {},
        }) ?? toAnswer(
          await this.#ask(
            "item/fileChange/requestApproval",
            {
              threadId: stage.threadId,
              turnId: stage.turnId,
              itemId: item.id,
              startedAtMs,
              reason: null,
              grantRoot: null,
            },
            context,
            {},
          ),
        );
      const answer = await completing(item, context, asking);
      if (answer === "acceptForSession") {
        for (const path of paths) this.#paths.add(path);
      }
      return settle(answer, {
        isUnconfined: false,
        declined: refused.patch,
        unreadable: "declined",
      });
    });
  }

  /**
   * What is granted of the permissions that a model asks for; nothing if nobody
   * may be asked.
   *
   * @throws {unknown} the signal's reason.
   */
  async permissions(
    asked: {
      readonly callId: string;
      readonly reason: string | null;
      readonly permissions: RequestPermissionProfile;
    },
    context: ToolContext,
  ): Promise<PermissionsRequestApprovalResponse> {
    const { settings, stage } = context;
    const nothing = { permissions: {} };
    if (!mayAskForPermissions(settings)) return nothing;
    return await this.#inTurn(context, async () => {
      const { callId: itemId, reason, permissions } = asked;
      const verdict = await review(this.#options.reviewer, context, {
        action: { type: "requestPermissions", reason, permissions },
        reason,
        itemId,
        show: () => {},
      });
      if (verdict !== undefined) {
        return verdict === "accept" ? { permissions } : nothing;
      }
      const answer = await this.#ask(
        "item/permissions/requestApproval",
        {
          threadId: stage.threadId,
          turnId: stage.turnId,
          itemId,
          environmentId: "local",
          startedAtMs: Date.now(),
          cwd: settings.cwd,
          reason,
          permissions,
        },
        context,
        {},
      );
      return answer ?? nothing;
    });
  }

  /** Asks people; nothing if there is no answer that can be read. */
  async #ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    { stage, signal }: ToolContext,
    options: Pick<AskOptions, "item">,
  ): Promise<ServerRequests[M]["result"] | undefined> {
    try {
      return await stage.ask(method, params, {
        ...options,
        signal,
        waitingOn: "waitingOnApproval",
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StorageError) throw error;
      this.#options.log.debug("a question was not answered", {
        method,
        error: String(error),
      });
      return undefined;
    }
  }

  async #decide(
    question: CommandQuestion,
    settings: ThreadSettings,
  ): Promise<Decision> {
    return decide(await this.#toOrder(question, settings));
  }

  async #decideRetry(
    question: CommandQuestion,
    settings: ThreadSettings,
  ): Promise<Question | undefined> {
    if (question.additional !== null) return undefined;
    return decideRetry(await this.#toOrder(question, settings));
  }

  async #toOrder(
    question: CommandQuestion,
    { approvalPolicy, cwd, sandboxPolicy }: ThreadSettings,
  ): Promise<CommandOrder> {
    const { additional, prefixRule, isEscalated, place } = question;
    return {
      ...question,
      cwd: place,
      approvalPolicy,
      isConfined: isConfined({ sandboxPolicy }),
      // More than the sandbox gives has to be agreed to as leaving it has.
      isEscalated: isEscalated || additional !== null,
      proposedPrefix: prefixRule,
      rules: await this.#options.rules.read(cwd),
      sessionApprovals: additional === null
        ? this.#commands
        : new SessionApprovals(),
    };
  }

  async #askAboutCommand(
    { item, source, additional }: CommandQuestion,
    { amendment, availableDecisions, ...decision }: Question,
    context: ToolContext,
  ): Promise<Answer> {
    const { stage } = context;
    const reason = decision.reason ?? null;
    const { threadId, turnId } = stage;
    const { id: itemId, command, cwd, commandActions } = item;
    const verdict = await review(this.#options.reviewer, context, {
      action: { type: "command", source, command, cwd },
      reason,
      itemId,
      show: () => stage.started(item),
    });
    if (verdict !== undefined) return verdict;
    const startedAtMs = Date.now();
    const params = {
      kind: "command",
      threadId,
      turnId,
      itemId,
      startedAtMs,
      environmentId: "local",
      ...reason !== null && { reason },
      command,
      cwd,
      commandActions,
      ...additional !== null && { additionalPermissions: additional },
      ...amendment !== undefined &&
        { proposedExecpolicyAmendment: [...amendment] },
      availableDecisions: additional === null
        ? [...availableDecisions]
        : ["accept" as const, "cancel" as const],
    } as const;
    const method = "item/commandExecution/requestApproval";
    const shown = { item: { ...item, startedAtMs } };
    const answer = await this.#ask(method, params, context, shown);
    return toCommandAnswer(answer, additional === null ? amendment : undefined);
  }

  async #settleCommand(
    answer: Answer,
    question: CommandQuestion,
    { accepted }: Question,
  ): Promise<Leave> {
    const isOrdinary = question.additional === null;
    const leave = settle(answer, {
      isUnconfined: accepted === "runUnconfined" && isOrdinary,
      declined: refused.user,
      unreadable: "failed",
    });
    if (!leave.isGranted) {
      return { ...leave, reason: toRejection(leave.reason) };
    }
    if (answer === "acceptForSession" && isOrdinary) {
      const { place } = question;
      this.#commands.add({ ...question, cwd: place }, accepted);
    }
    if (typeof answer !== "object" || !("remember" in answer)) return leave;
    const { remember } = answer;
    try {
      await this.#options.rules.allow(remember);
    } catch (error) {
      // The command itself was agreed to; it is only asked again next time.
      this.#options.log.error("a rule could not be kept", {
        error: String(error),
      });
      return leave;
    }
    const words = remember.map((word) => JSON.stringify(word)).join(", ");
    return { ...leave, note: `Approved command prefix saved:\n- [${words}]` };
  }

  /** Waits until all earlier questions are settled. */
  async #inTurn<T>(
    { signal }: ToolContext,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await before;
      signal.throwIfAborted();
      return await work();
    } finally {
      resolve();
    }
  }
}

/** Whether anybody may be asked to let something out of the sandbox. */
export function mayAskToLeave({ approvalPolicy }: ThreadSettings): boolean {
  return typeof approvalPolicy === "object"
    ? approvalPolicy.granular.sandbox_approval
    : approvalPolicy !== "never";
}

function mayAskForPermissions({ approvalPolicy }: ThreadSettings): boolean {
  return typeof approvalPolicy === "object"
    ? approvalPolicy.granular.request_permissions ?? false
    : approvalPolicy !== "never";
}

/** What is decided without asking. */
function toLeave(decision: Exclude<Decision, Question>): Leave {
  return decision.kind === "refuse"
    ? refusal("failed", decision.text, { isShown: false })
    : granted(decision.kind === "runUnconfined");
}

/** Does something about an item, which is complete if the turn breaks off. */
async function completing<T>(
  item: CommandExecutionItem | FileChangeItem,
  { stage, signal }: ToolContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) stage.completed({ ...item, status: "declined" });
    throw error;
  }
}
