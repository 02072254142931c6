import type { CommandExecutionApprovalDecision } from "../protocol/mod.ts";

/** What a person, or whoever stands in, says. */
export type Answer =
  | "accept"
  | "acceptForSession"
  | "decline"
  | "cancel"
  | { readonly remember: readonly string[] }
  | { readonly denied: string }
  | "unreadable";

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

/** Why not, for models. */
export const refused = {
  user: "rejected by user",
  unreadable: "approval request failed",
  stopped: "the command failed in the sandbox",
  patch: "patch rejected by user",
  outside:
    "patch rejected: writing outside of the project; rejected by user approval settings",
} as const;

const plainAnswers = [
  "accept",
  "acceptForSession",
  "decline",
  "cancel",
] as const;

/** Reads an answer; it may come from anywhere and be anything. */
export function toAnswer(response: unknown): Answer {
  const decision = (response as { decision?: unknown } | undefined)?.decision;
  return plainAnswers.find((one) => one === decision) ?? "unreadable";
}

/**
 * The same for a command, for which a rule may be kept. It is the one that the
 * client says, which may be wider than the one proposed: clients may write the
 * rules themselves. What is said about a host answers for the command.
 */
export function toCommandAnswer(
  response: { decision: CommandExecutionApprovalDecision } | undefined,
): Answer {
  const decision = response?.decision;
  if (typeof decision !== "object" || decision === null) {
    return toAnswer(response);
  }
  if ("acceptWithExecpolicyAmendment" in decision) {
    const words: unknown = decision.acceptWithExecpolicyAmendment
      ?.execpolicy_amendment;
    return isWords(words) ? { remember: words } : "unreadable";
  }
  if ("applyNetworkPolicyAmendment" in decision) {
    const rule = decision.applyNetworkPolicyAmendment?.network_policy_amendment;
    if (typeof rule?.host !== "string") return "unreadable";
    if (rule.action === "allow") return "accept";
    return rule.action === "deny" ? "decline" : "unreadable";
  }
  return "unreadable";
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) &&
    value.every((word) => typeof word === "string");
}

/** A yes that needed nobody. */
export function granted(isUnconfined: boolean): Leave {
  return { isGranted: true, isUnconfined, isShown: false };
}

/** A no, for an item that was shown unless it says otherwise. */
export function refusal(
  status: "declined" | "failed",
  reason: string,
  { isShown = true, endsTurn = false } = {},
): Leave {
  return { isGranted: false, isShown, status, reason, endsTurn };
}

/** What an answer means. */
export function settle(
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
