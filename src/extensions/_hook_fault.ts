import type { HookEventName } from "../protocol/mod.ts";
import { type HookAnswer, toWords } from "./_hook_answer.ts";
import { isTable } from "./_json.ts";

/** What an answer asks for that the event can't give; nothing if it is fine. */
export function findFault(
  event: HookEventName,
  answer: HookAnswer,
): string | undefined {
  switch (event) {
    case "preToolUse":
      return findUnsupported(answer) ?? findToolFault(answer);
    case "permissionRequest":
      return findUnsupported(answer) ?? findPermissionFault(answer);
    case "postToolUse":
      if (answer.isQuiet) return "unsupported suppressOutput";
      if (isGiven(answer.specific.updatedMCPToolOutput)) {
        return "unsupported updatedMCPToolOutput";
      }
      if (!answer.goesOn) return undefined;
      return findReasonFault(answer, true);
    case "userPromptSubmit":
    case "stop":
    case "subagentStop":
      return answer.goesOn ? findReasonFault(answer, false) : undefined;
    default:
      return undefined;
  }
}

function findUnsupported(answer: HookAnswer): string | undefined {
  if (!answer.goesOn) return "unsupported continue:false";
  if (answer.stopReason !== null) return "unsupported stopReason";
  return answer.isQuiet ? "unsupported suppressOutput" : undefined;
}

function findReasonFault(
  { decision, reason }: HookAnswer,
  isStrict: boolean,
): string | undefined {
  if (decision === "block" && reason === null) {
    return "decision:block without a non-empty reason";
  }
  return isStrict && decision === null && reason !== null
    ? "reason without decision"
    : undefined;
}

function findToolFault(answer: HookAnswer): string | undefined {
  const {
    permissionDecision: decision,
    permissionDecisionReason: why,
    updatedInput,
  } = answer.specific;
  const isRewritten = isGiven(updatedInput);
  if (isRewritten && decision !== "allow") {
    return "updatedInput without permissionDecision:allow";
  }
  switch (decision) {
    case "allow":
      return isRewritten ? undefined : "unsupported permissionDecision:allow";
    case "ask":
      return "unsupported permissionDecision:ask";
    case "deny":
      return toWords(why) === null
        ? "permissionDecision:deny without a non-empty permissionDecisionReason"
        : undefined;
  }
  if (isGiven(why)) {
    return "permissionDecisionReason without permissionDecision";
  }
  return answer.decision === "approve"
    ? "unsupported decision:approve"
    : findReasonFault(answer, true);
}

function findPermissionFault({ specific }: HookAnswer): string | undefined {
  const { decision } = specific;
  if (!isTable(decision)) return undefined;
  if (isGiven(decision.updatedInput)) return "unsupported updatedInput";
  if (isGiven(decision.updatedPermissions)) {
    return "unsupported updatedPermissions";
  }
  return decision.interrupt === true ? "unsupported interrupt:true" : undefined;
}

/** Whether a field says something. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
