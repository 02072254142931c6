import type {
  AskForApproval,
  CommandExecutionApprovalDecision,
  GranularApprovals,
} from "../protocol/mod.ts";
import { isBroadPrefix } from "./_broad_prefix.ts";
import { toCommandLine } from "../protocol/mod.ts";
import type { ExecRules, RuleVerdict } from "./exec_rules.ts";
import { isDangerous } from "./known_commands.ts";
import type { SimpleCommand } from "./parse_script.ts";
import { toCommands } from "./read_script.ts";
import { toRejection } from "./rejection.ts";
import type {
  Accepted,
  ApprovedCommand,
  SessionApprovals,
} from "./session_approvals.ts";

/** A command that a model wants to run, and in what circumstances. */
export interface CommandOrder extends ApprovedCommand {
  /** When a person is asked. */
  readonly approvalPolicy: AskForApproval;
  /** Whether the sandbox restricts anything. */
  readonly isConfined: boolean;
  /** Why the model wants to leave the sandbox, in its words. */
  readonly justification?: string | undefined;
  /** The rule that the model proposes for such commands. */
  readonly proposedPrefix?: readonly string[] | undefined;
  /** The rules. */
  readonly rules: ExecRules;
  /** What was approved before. */
  readonly sessionApprovals: SessionApprovals;
}

/** A question to a person. */
export interface Question {
  /** Tag of this kind. */
  readonly kind: "ask";
  /** Why it is asked. */
  readonly reason: string | undefined;
  /** Answers to offer, in order. */
  readonly availableDecisions: readonly CommandExecutionApprovalDecision[];
  /** First words of the rule to offer. */
  readonly amendment: readonly string[] | undefined;
  /** What a yes means: run it in the sandbox, or outside. */
  readonly accepted: Accepted;
}

/**
 * What to do with a command: run it in the sandbox, run it outside, ask a person,
 * or refuse with a text for the model.
 */
export type Decision =
  | { readonly kind: "run" }
  | { readonly kind: "runUnconfined" }
  | Question
  | { readonly kind: "refuse"; readonly text: string };

/** What speaks against running one simple command at once. */
interface Objection {
  readonly command: SimpleCommand;
  /** The rule that says so; nothing if it is what we know of commands. */
  readonly rule: RuleVerdict | undefined;
}

/**
 * Decides about a command. The strictest word about any simple command in it is
 * the word about all of it.
 */
export function decide(order: CommandOrder): Decision {
  const { approvalPolicy: policy, isEscalated, rules } = order;
  if (isEscalated && !mayEscalate(policy)) {
    const name = toPolicyName(policy);
    const text =
      `approval policy is ${name}; reject command — you cannot ask ` +
      `for escalated permissions if the approval policy is ${name}`;
    return { kind: "refuse", text };
  }
  const commands = toCommands(order.argv);
  const verdicts = commands.map((command) => rules.judge(command));
  const forbidden = verdicts.find((one) => one?.decision === "forbidden");
  if (forbidden !== undefined) return refuseForbidden(order, forbidden);

  const objections = findObjections(order, commands, verdicts);
  if (objections.length === 0) {
    const isAllowed = verdicts.every((one) => one?.decision === "allow");
    return { kind: isAllowed || isEscalated ? "runUnconfined" : "run" };
  }
  return judgeObjections(order, objections);
}

/**
 * Decides what becomes of a command that the sandbox seems to have stopped.
 *
 * @returns A question whether to run it again outside; nothing if its failure
 * stands.
 */
export function decideRetry(order: CommandOrder): Question | undefined {
  const { approvalPolicy: policy, isConfined, argv, rules } = order;
  const granular = toGranular(policy);
  if (!isConfined || granular?.sandbox_approval !== true) return undefined;
  const commands = toCommands(argv);
  const isRuled = commands.some((one) => rules.judge(one) !== undefined);
  return toQuestion({
    reason: "command failed; retry without sandbox?",
    amendment: isRuled ? undefined : commands[0],
    accepted: "runUnconfined",
  });
}

function findObjections(
  order: CommandOrder,
  commands: readonly SimpleCommand[],
  verdicts: readonly (RuleVerdict | undefined)[],
): Objection[] {
  const { approvalPolicy: policy, isConfined, isEscalated } = order;
  const asksAnyway = policy === "untrusted" || isEscalated && isConfined;
  const found: Objection[] = [];
  for (const [at, command] of commands.entries()) {
    const rule = verdicts[at];
    if (rule?.decision === "prompt") found.push({ command, rule });
    // No rule makes these harmless.
    else if (isDangerous(command)) found.push({ command, rule: undefined });
    else if (rule === undefined && asksAnyway) {
      found.push({ command, rule: undefined });
    }
  }
  return found;
}

function judgeObjections(
  order: CommandOrder,
  objections: readonly Objection[],
): Decision {
  const { approvalPolicy: policy, isEscalated, argv } = order;
  const rule = objections.find((one) => one.rule !== undefined)?.rule;
  const granular = toGranular(policy);
  if (policy === "never") {
    return refuse(
      rule === undefined
        ? `\`${toCommandLine(argv)}\` rejected: rm -f style commands are not ` +
          "permitted. Use a safer approach"
        : "approval required by policy, but AskForApproval is set to Never",
    );
  }
  if (rule !== undefined && granular?.rules === false) {
    return refuse(
      "approval required by policy rule, but AskForApproval::Granular.rules " +
        "is false",
    );
  }
  const accepted = isEscalated || policy === "untrusted"
    ? "runUnconfined"
    : "run";
  if (order.sessionApprovals.has(order, accepted)) return { kind: accepted };
  if (rule !== undefined) {
    const reason = toRuleReason(argv, rule);
    return toQuestion({ reason, amendment: undefined, accepted });
  }
  const mayAmend = granular === undefined || granular.sandbox_approval;
  return toQuestion({
    reason: order.justification,
    amendment: mayAmend ? proposeAmendment(order, objections) : undefined,
    accepted,
  });
}

/**
 * The rule to offer: what the model proposes, if it covers all that is asked
 * about and is no blank cheque; else the first command asked about, word by word.
 */
function proposeAmendment(
  { isEscalated, proposedPrefix }: CommandOrder,
  objections: readonly Objection[],
): readonly string[] | undefined {
  const isGood = isEscalated && proposedPrefix !== undefined &&
    !isBroadPrefix(proposedPrefix) &&
    objections.every(({ command }) => startsWith(command, proposedPrefix));
  return isGood ? proposedPrefix : objections[0]?.command;
}

function startsWith(
  command: SimpleCommand,
  prefix: readonly string[],
): boolean {
  return prefix.length <= command.length &&
    prefix.every((word, at) => command[at] === word);
}

function toQuestion(
  { reason, amendment, accepted }: Pick<
    Question,
    "reason" | "amendment" | "accepted"
  >,
): Question {
  const rule: CommandExecutionApprovalDecision[] = amendment === undefined
    ? []
    : [{
      acceptWithExecpolicyAmendment: { execpolicy_amendment: [...amendment] },
    }];
  const availableDecisions: CommandExecutionApprovalDecision[] = [
    "accept",
    ...rule,
    "cancel",
  ];
  return { kind: "ask", reason, availableDecisions, amendment, accepted };
}

function toRuleReason(argv: readonly string[], rule: RuleVerdict): string {
  const line = `\`${toCommandLine(argv)}\``;
  return rule.justification === undefined
    ? `${line} requires approval by policy`
    : `${line} requires approval: ${rule.justification}`;
}

function refuseForbidden(order: CommandOrder, rule: RuleVerdict): Decision {
  const reason = rule.justification ??
    `policy forbids commands starting with \`${toCommandLine(rule.prefix)}\``;
  return refuse(`\`${toCommandLine(order.argv)}\` rejected: ${reason}`);
}

function refuse(reason: string): Decision {
  return { kind: "refuse", text: toRejection(reason) };
}

function mayEscalate(policy: AskForApproval): boolean {
  return policy !== "never" && toGranular(policy)?.sandbox_approval !== false;
}

function toGranular(policy: AskForApproval): GranularApprovals | undefined {
  return typeof policy === "object" ? policy.granular : undefined;
}

/** The policy in the words that models know. */
function toPolicyName(policy: AskForApproval): string {
  const granular = toGranular(policy);
  if (granular === undefined) return "Never";
  const {
    sandbox_approval,
    rules,
    skill_approval = false,
    request_permissions = false,
    mcp_elicitations,
  } = granular;
  const fields = Object.entries({
    sandbox_approval,
    rules,
    skill_approval,
    request_permissions,
    mcp_elicitations,
  }).map(([name, value]) => `${name}: ${value}`).join(", ");
  return `Granular(GranularApprovalConfig { ${fields} })`;
}
