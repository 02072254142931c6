import {
  type CommandOrder,
  decide,
  decideRetry,
  type Decision,
  type Question,
  SessionApprovals,
  toRejection,
} from "../consent/mod.ts";
import type { CommandExecutionItem, ThreadSettings } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import {
  type Answer,
  granted,
  type Leave,
  refusal,
  refused,
  settle,
  toCommandAnswer,
} from "./_answer.ts";
import type { CommandRequest } from "./_command_request.ts";
import { isConfined } from "./_grants.ts";
import type { RuleBook } from "./_rule_book.ts";
import type { Interviewer } from "./interviewer.ts";
import type { ToolContext } from "./tool.ts";

/** A command that a model wants to run, as somebody is asked about it. */
export interface CommandQuestion extends CommandRequest {
  /** What they are shown. */
  readonly item: CommandExecutionItem;
}

/** What {@linkcode CommandApprovals} are made of. */
export interface CommandApprovalsOptions {
  readonly rules: RuleBook;
  readonly interviewer: Interviewer;
  readonly log: Logger;
}

/**
 * Decides whether commands need somebody's consent, asks, and remembers what was
 * agreed for the session.
 */
export class CommandApprovals {
  readonly #rules: RuleBook;
  readonly #interviewer: Interviewer;
  readonly #log: Logger;
  /**
   * Commands that were agreed to for the session, with all about them, by the
   * id of the environment.
   */
  readonly #commands = new Map<string, SessionApprovals>();

  /** Remembers nothing yet. */
  constructor({ rules, interviewer, log }: CommandApprovalsOptions) {
    this.#rules = rules;
    this.#interviewer = interviewer;
    this.#log = log;
  }

  /**
   * Whether a command may run, and how.
   *
   * @throws {unknown} the signal's reason.
   */
  async obtain(
    question: CommandQuestion,
    context: ToolContext,
  ): Promise<Leave> {
    const decision = await this.#decide(question, context.settings);
    if (decision.kind !== "ask") return toLeave(decision);
    return await this.#ask(question, decision, context);
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
    const again = await this.#decideRetry(question, context.settings);
    // The rules have changed while it ran.
    if (again === undefined) {
      const reason = toRejection(refused.stopped);
      return refusal("failed", reason, { isShown: false });
    }
    return await this.#ask(question, again, context);
  }

  /** Whether {@linkcode CommandApprovals.retry} would ask. */
  async mayRetry(
    question: CommandQuestion,
    { settings }: ToolContext,
  ): Promise<boolean> {
    return await this.#decideRetry(question, settings) !== undefined;
  }

  /** Commands that a model calls for side by side are asked about so. */
  async #ask(
    question: CommandQuestion,
    decision: Question,
    context: ToolContext,
  ): Promise<Leave> {
    const settled = await consult(question, decision, context);
    if (settled !== undefined) return settled;
    const answer = await this.#interviewer.completing(
      question.item,
      context,
      () => this.#askAboutCommand(question, decision, context),
    );
    return await this.#settleCommand(answer, question, decision, context);
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
    settings: ThreadSettings,
  ): Promise<CommandOrder> {
    const { approvalPolicy, cwd } = settings;
    const { additional, prefixRule, isEscalated, place } = question;
    return {
      ...question,
      cwd: place,
      approvalPolicy,
      isConfined: isConfined(settings),
      // More than the sandbox gives has to be agreed to as leaving it has.
      isEscalated: isEscalated || additional !== null,
      proposedPrefix: prefixRule,
      rules: await this.#rules.read(cwd),
      sessionApprovals: additional === null
        ? this.#agreedIn(question.site.id)
        : new SessionApprovals(),
    };
  }

  #agreedIn(environmentId: string): SessionApprovals {
    let agreed = this.#commands.get(environmentId);
    if (agreed === undefined) {
      agreed = new SessionApprovals();
      this.#commands.set(environmentId, agreed);
    }
    return agreed;
  }

  async #askAboutCommand(
    { item, site, additional }: CommandQuestion,
    { amendment, availableDecisions, ...decision }: Question,
    context: ToolContext,
  ): Promise<Answer> {
    const { stage } = context;
    const reason = decision.reason ?? null;
    const { threadId, turnId } = stage;
    const { id: itemId, command, cwd, commandActions } = item;
    const verdict = await this.#interviewer.review({
      action: { type: "command", source: "unifiedExec", command, cwd },
      reason,
      itemId,
      show: () => stage.started(item),
    }, context);
    if (verdict !== undefined) return verdict;
    const startedAtMs = Date.now();
    const params = {
      kind: "command",
      threadId,
      turnId,
      itemId,
      startedAtMs,
      environmentId: site.id,
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
    const answer = await this.#interviewer.ask(method, params, context, shown);
    return toCommandAnswer(answer);
  }

  async #settleCommand(
    answer: Answer,
    question: CommandQuestion,
    { accepted }: Question,
    { stage }: ToolContext,
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
      const { place, site } = question;
      this.#agreedIn(site.id).add({ ...question, cwd: place }, accepted);
    }
    if (typeof answer !== "object" || !("remember" in answer)) return leave;
    const { remember } = answer;
    try {
      await this.#rules.allow(remember);
    } catch (error) {
      // The command itself was agreed to; it is only asked again next time.
      this.#log.error("a rule could not be kept", {
        error: String(error),
      });
      const why = error instanceof Error ? error.message : String(error);
      stage.tell("warning", {
        threadId: stage.threadId,
        message: `Failed to apply execpolicy amendment: failed to update ` +
          `rules file ${this.#rules.path}: ${why}`,
      });
      return leave;
    }
    const words = remember.map((word) => JSON.stringify(word)).join(", ");
    return { ...leave, note: `Approved command prefix saved:\n- [${words}]` };
  }
}

/** What hooks make of it; nothing if people are to be asked. */
async function consult(
  { item, script, justification, additional }: CommandQuestion,
  { accepted }: Question,
  context: ToolContext,
): Promise<Leave | undefined> {
  const said = await context.consult?.({
    callId: item.id,
    name: "Bash",
    input: {
      command: script,
      ...justification !== undefined && { description: justification },
    },
  });
  if (said === undefined) return undefined;
  return said === "allow"
    ? granted(accepted === "runUnconfined" && additional === null)
    : refusal("failed", toRejection(said.denied), { isShown: false });
}

/** What is decided without asking. */
function toLeave(decision: Exclude<Decision, Question>): Leave {
  return decision.kind === "refuse"
    ? refusal("failed", decision.text, { isShown: false })
    : granted(decision.kind === "runUnconfined");
}
