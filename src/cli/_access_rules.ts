import type { AccessRules } from "../access/mod.ts";
import type { Invocation } from "./command.ts";

/** Flags by the rules that they set. */
const flags = {
  allowRead: "allow-read",
  denyRead: "deny-read",
  allowWrite: "allow-write",
  denyWrite: "deny-write",
  allowRun: "allow-run",
  denyRun: "deny-run",
} as const satisfies Record<keyof AccessRules, string>;

/** What the permission flags say. */
export function toAccessRules(invocation: Invocation): AccessRules {
  const rules: { -readonly [K in keyof AccessRules]: AccessRules[K] } = {};
  for (const [rule, flag] of Object.entries(flags)) {
    const list = toList(invocation, flag);
    if (list !== undefined) rules[rule as keyof AccessRules] = list;
  }
  return rules;
}

/** A flag without a list goes over all its lists, as in Deno. */
function toList(
  invocation: Invocation,
  name: string,
): true | readonly string[] | undefined {
  if (!invocation.has(name)) return undefined;
  if (invocation.isBare(name)) return true;
  // An empty item would stand for the working directory.
  return invocation.values(name).flatMap((list) => list.split(","))
    .filter((path) => path !== "");
}
