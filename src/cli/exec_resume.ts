import type { RoomsOnDemand } from "../server/mod.ts";
import type { ExecPast } from "./_exec_order.ts";
import type { Invocation } from "./command.ts";
import { execute } from "./exec.ts";
import { UsageError } from "./usage_error.ts";

/** Gives the agent of an earlier session a further task. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const [first, second] = invocation.operands;
  if (!invocation.has("last")) {
    if (first === undefined) {
      throw new UsageError("no session: give its id, or `--last`");
    }
    const past: ExecPast = { kind: "named", name: first };
    return await execute(invocation, { rooms, past, prompt: second });
  }
  if (second !== undefined) {
    throw new UsageError("a session id cannot be used with '--last'");
  }
  const past: ExecPast = { kind: "last", isAnywhere: invocation.has("all") };
  return await execute(invocation, { rooms, past, prompt: first });
}
