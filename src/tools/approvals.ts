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
  CommandExecutionApprovalDecision,
  CommandExecutionItem,
  FileChangeItem,
  GuardianApprovalReview,
  GuardianApprovalReviewAction,
  PermissionsRequestApprovalResponse,
  RequestPermissionProfile,
  ServerMethodName,
  ServerRequests,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { isConfined } from "./_grants.ts";
import type { RuleBook } from "./_rule_book.ts";
import type { AskOptions } from "./stage.ts";
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

/** What came of it. */
export type Leave =
  | {
    readonly isGranted: true;
    /** Whether it runs outside of the sandbox. */
    readonly isUnconfined: boolean;
    /** Whether its item was told to begin. */
    readonly isShown: boolean;
    /** What the model is to be told beside the output. */
    readonly note?: string;
  }
  | {
    readonly isGranted: false;
    readonly isShown: boolean;
    /** How its item ends, if it was shown. */
    readonly status: "declined" | "failed";
    /** Why, for the model. */
    readonly reason: string;
    /** Whether the turn ends too. */
    readonly endsTurn: boolean;
  };

/** What {@linkcode Approvals} is made of. */
export interface ApprovalsOptions {
  readonly rules: RuleBook;
  /** Who answers in place of the user, if there is somebody. */
  readonly reviewer: Reviewer | undefined;
  readonly log: Logger;
}

/** What a person, or whoever stands in, says. */
type Answer =
  | "accept"
  | "acceptForSession"
  | "decline"
  | "cancel"
  | { readonly remember: readonly string[] }
  | { readonly denied: string }
  | "unreadable";

const refused = {
  user: "rejected by user",
  unreadable: "approval request failed",
  stopped: "the command failed in the sandbox",
  patch: "patch rejected by user",
  outside:
    "patch rejected: writing outside of the project; rejected by user approval settings",
} as const;

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
        await this.#review(context, {
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
      const verdict = await this.#review(context, {
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
      this.#options.log.debug("a question was not answered", {
        method,
        error: String(error),
      });
      return undefined;
    }
  }

  /** Asks the reviewer; nothing if people are to be asked. */
  async #review(
    context: ToolContext,
    { action, reason, itemId, show }: {
      readonly action: GuardianApprovalReviewAction;
      readonly reason: string | null;
      readonly itemId: string;
      readonly show: () => void;
    },
  ): Promise<Answer | undefined> {
    const { stage, settings, signal } = context;
    if (settings.approvalsReviewer === "user") return undefined;
    show();
    const { threadId, turnId } = stage;
    const startedAtMs = Date.now();
    const reviewId = crypto.randomUUID();
    const about = {
      threadId,
      turnId,
      startedAtMs,
      reviewId,
      targetItemId: itemId,
      action,
    };
    const complete = (review: GuardianApprovalReview) =>
      stage.tell("item/autoApprovalReview/completed", {
        ...about,
        completedAtMs: Date.now(),
        decisionSource: "agent",
        review,
      });
    stage.tell("item/autoApprovalReview/started", {
      ...about,
      review: {
        status: "inProgress",
        riskLevel: null,
        userAuthorization: null,
        rationale: null,
      },
    });
    const { review, isApproved, message } = await this.#reviewed(
      { action, reason, stage, settings },
      signal,
    );
    if (signal.aborted) {
      complete({ ...review, status: "aborted" });
      throw signal.reason;
    }
    stage.tell("guardianWarning", { threadId, message });
    complete(review);
    if (isApproved) return "accept";
    return {
      denied: "This action was rejected by the automatic review.\nReason: " +
        `${review.rationale ?? "none was given"}\n` +
        "Do not try to get the same done in another way. Go on with " +
        "something that is clearly safer, or tell the user of the risk and " +
        "wait until they agree.",
    };
  }

  async #reviewed(
    question: Parameters<Reviewer["review"]>[0],
    signal: AbortSignal,
  ): Promise<
    { review: GuardianApprovalReview; isApproved: boolean; message: string }
  > {
    const { reviewer } = this.#options;
    try {
      if (reviewer === undefined) throw new Error("there is no reviewer");
      const { isApproved, review } = await reviewer.review(question, {
        signal,
      });
      const status = isApproved ? "approved" : "denied";
      const { riskLevel, userAuthorization, rationale } = review;
      const message = `Automatic approval review ${status} (risk: ${
        riskLevel ?? "unknown"
      }, authorization: ${userAuthorization ?? "unknown"}): ${rationale ?? ""}`;
      return { isApproved, review: { ...review, status }, message };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `Automatic approval review failed: ${why}`;
      return {
        isApproved: false,
        message,
        review: {
          status: "denied",
          riskLevel: null,
          userAuthorization: null,
          rationale: message,
        },
      };
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
    const { additional, prefixRule, isEscalated } = question;
    return {
      ...question,
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
    const verdict = await this.#review(context, {
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
      this.#commands.add(question);
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

const plainAnswers = [
  "accept",
  "acceptForSession",
  "decline",
  "cancel",
] as const;

/** Reads an answer; it may come from anywhere and be anything. */
function toAnswer(response: unknown): Answer {
  const decision = (response as { decision?: unknown } | undefined)?.decision;
  return plainAnswers.find((one) => one === decision) ?? "unreadable";
}

/** The same for a command, for which a rule may be kept: the one proposed. */
function toCommandAnswer(
  response: { decision: CommandExecutionApprovalDecision } | undefined,
  proposed: readonly string[] | undefined,
): Answer {
  const decision = response?.decision;
  if (
    typeof decision !== "object" || decision === null ||
    proposed === undefined ||
    !("acceptWithExecpolicyAmendment" in decision)
  ) return toAnswer(response);
  const rule = decision.acceptWithExecpolicyAmendment?.execpolicy_amendment;
  return JSON.stringify(rule) === JSON.stringify(proposed)
    ? { remember: proposed }
    : "unreadable";
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

function granted(isUnconfined: boolean): Leave {
  return { isGranted: true, isUnconfined, isShown: false };
}

function refusal(
  status: "declined" | "failed",
  reason: string,
  { isShown = true, endsTurn = false } = {},
): Leave {
  return { isGranted: false, isShown, status, reason, endsTurn };
}

function settle(
  answer: Answer,
  how: {
    readonly isUnconfined: boolean;
    readonly declined: string;
    readonly unreadable: "declined" | "failed";
  },
): Leave {
  switch (answer) {
    case "accept":
    case "acceptForSession":
      return {
        isGranted: true,
        isUnconfined: how.isUnconfined,
        isShown: true,
      };
    case "decline":
      return refusal("declined", how.declined);
    case "cancel":
      return refusal("declined", how.declined, { endsTurn: true });
    case "unreadable":
      return refusal(how.unreadable, refused.unreadable);
  }
  return "denied" in answer ? refusal("declined", answer.denied) : {
    isGranted: true,
    isUnconfined: how.isUnconfined,
    isShown: true,
  };
}
