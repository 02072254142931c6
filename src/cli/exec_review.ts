import type { ReviewTarget } from "../protocol/mod.ts";
import type { RoomsOnDemand } from "../server/mod.ts";
import type { Invocation } from "./command.ts";
import { execute } from "./exec.ts";
import { readInput } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** Has an agent review changes. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  if (invocation.has("cyber-access-program")) {
    throw new UsageError("a review has no '--cyber-access-program <PROGRAM>'");
  }
  return await execute(invocation, rooms, {
    start: { kind: "new" },
    wish: { kind: "review", target: await toTarget(invocation) },
  });
}

async function toTarget(invocation: Invocation): Promise<ReviewTarget> {
  const branch = invocation.value("base");
  const sha = invocation.value("commit");
  const title = invocation.value("title");
  const [prompt] = invocation.operands;
  const isNamed = invocation.has("uncommitted") || branch !== undefined ||
    sha !== undefined;
  if (title !== undefined && !isNamed) {
    throw new UsageError("a title is of use only with '--commit <SHA>'");
  }
  if (prompt !== undefined && isNamed) {
    throw new UsageError(
      "the argument '[PROMPT]' cannot be used with '--uncommitted', " +
        "'--base <BRANCH>' or '--commit <SHA>'",
    );
  }
  if (branch !== undefined) return { type: "baseBranch", branch };
  if (sha !== undefined) {
    return { type: "commit", sha, ...title !== undefined && { title } };
  }
  if (isNamed) return { type: "uncommittedChanges" };
  if (prompt === undefined) {
    throw new UsageError(
      "nothing to review: give --uncommitted, --base, --commit or a prompt",
    );
  }
  const instructions = prompt === "-" ? await readInput() : prompt;
  if (instructions.trim() === "") throw new UsageError("the prompt is empty");
  return { type: "custom", instructions };
}
