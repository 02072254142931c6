import type { SetupWishes } from "./set_up_thread.ts";
import type { Remembered } from "./wishes.ts";

/** Which settings of a request take the place of what a thread remembers. */
const keys = {
  approvalPolicy: ["approval_policy"],
  approvalsReviewer: ["approvals_reviewer"],
  serviceTier: ["service_tier"],
  summary: ["model_reasoning_summary"],
  personality: ["personality"],
} as const satisfies Partial<Record<keyof Remembered, readonly string[]>>;

/** Settings of a request that say what may be done. */
const permissionKeys = [
  "sandbox_mode",
  "sandbox_workspace_write",
  "default_permissions",
] as const;

/**
 * What counts of what a thread remembers, where the request that opens it brings
 * a configuration of its own. A model and its effort are remembered together:
 * whoever says one of them is not told the other of earlier.
 */
export function withoutOverridden(
  remembered: Remembered,
  { model, config }: SetupWishes,
): Remembered {
  const names = Object.entries(config ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key);
  const says = (...wanted: readonly string[]): boolean =>
    names.some((name) =>
      wanted.some((key) => name === key || name.startsWith(`${key}.`))
    );
  const lost = new Set<keyof Remembered>();
  for (const [field, wanted] of Object.entries(keys)) {
    if (says(...wanted)) lost.add(field as keyof typeof keys);
  }
  if (says(...permissionKeys)) {
    lost.add("sandboxPolicy").add("activePermissionProfile");
  }
  if (model != null || says("model", "model_reasoning_effort")) {
    lost.add("model").add("effort");
  }
  return Object.fromEntries(
    Object.entries(remembered).filter(([field]) =>
      !lost.has(field as keyof Remembered)
    ),
  );
}
