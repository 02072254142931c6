import type { AccessRules } from "../access/mod.ts";
import type { Invocation } from "./command.ts";

/** What the permission flags say. */
export function toAccessRules(invocation: Invocation): AccessRules {
  const rules: { -readonly [K in keyof AccessRules]: AccessRules[K] } = {};
  const allowRead = toPaths(invocation, "allow-read");
  const denyRead = toPaths(invocation, "deny-read");
  const allowWrite = toPaths(invocation, "allow-write");
  const denyWrite = toPaths(invocation, "deny-write");
  if (allowRead !== undefined) rules.allowRead = allowRead;
  if (denyRead !== undefined) rules.denyRead = denyRead;
  if (allowWrite !== undefined) rules.allowWrite = allowWrite;
  if (denyWrite !== undefined) rules.denyWrite = denyWrite;
  return rules;
}

/** A flag without a list goes over all its lists, as in Deno. */
function toPaths(
  invocation: Invocation,
  name: string,
): true | readonly string[] | undefined {
  if (!invocation.has(name)) return undefined;
  if (invocation.isBare(name)) return true;
  // An empty item would stand for the working directory.
  return invocation.values(name).flatMap((list) => list.split(","))
    .filter((path) => path !== "");
}
