import type { ConfigWarningNotification } from "../protocol/mod.ts";
import { Config } from "./config.ts";

/** Settings that an administrator lets people choose, and among what. */
const choices = [
  ["approval_policy", "allowedApprovalPolicies", "allowed_approval_policies"],
  [
    "approvals_reviewer",
    "allowedApprovalsReviewers",
    "allowed_approvals_reviewers",
  ],
] as const;

/**
 * The configuration of a server, with what people are to be told of settings
 * that are not granted. Threads hold them back, and say so in these very words:
 * who knows of it already is not told again.
 */
export function withWordsOnChoices(config: Config): Config {
  const { effective, requirements, demandSources } = config;
  if (requirements === null) return config;
  const warnings: ConfigWarningNotification[] = [];
  for (const [key, demand, source] of choices) {
    const chosen = effective[key];
    const allowed: readonly unknown[] | null = requirements[demand];
    // Policies of several fields are left to threads, which understand them.
    if (typeof chosen !== "string" || !allowed) continue;
    const names = allowed.map(toName);
    if (names.includes(toName(chosen))) continue;
    const file = demandSources[source] ?? "requirements.toml";
    const summary = `Configured value for \`${key}\` is disallowed by ` +
      `requirements; falling back to required value ${names[0]}. Details: ` +
      `invalid value for \`${key}\`: \`${toName(chosen)}\` is not in the ` +
      `allowed set [${names.join(", ")}] (set by ${file})`;
    warnings.push({ summary, details: null });
  }
  if (warnings.length === 0) return config;
  return new Config({
    ...config,
    warnings: [...config.warnings, ...warnings],
  });
}

const names: Readonly<Record<string, string>> = {
  "untrusted": "UnlessTrusted",
  "guardian_subagent": "AutoReview",
};

function toName(value: unknown): string {
  if (typeof value !== "string") return "Granular";
  return names[value] ?? value.replaceAll(
    /(?:^|[-_])([a-z])/g,
    (_, letter: string) => letter.toUpperCase(),
  );
}
