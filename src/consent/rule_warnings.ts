import type { ConfigWarningNotification } from "../protocol/mod.ts";
import { loadRules, type RuleProblem } from "./rule_files.ts";

/**
 * What users are told of rules files that can't be used: the first of them,
 * since without it none allows anything.
 *
 * @param directories As for {@linkcode loadRules}.
 */
export async function findRuleWarnings(
  directories: readonly string[],
): Promise<ConfigWarningNotification[]> {
  const { problems } = await loadRules(directories);
  return problems.slice(0, 1).map(toWarning);
}

function toWarning(
  { path, message, position }: RuleProblem,
): ConfigWarningNotification {
  return {
    summary: "Error parsing rules; custom rules not applied.",
    details: `failed to parse rules file ${path}: ${message}`,
    path,
    ...position !== undefined && {
      range: { start: position, end: position },
    },
  };
}
