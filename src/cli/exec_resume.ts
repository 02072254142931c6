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
  const { past, prompt } = toPast(invocation);
  return await execute(invocation, rooms, {
    start: { kind: "resume", past },
    wish: {
      kind: "prompt",
      given: prompt ?? invocation.earlier[0],
      // Whoever goes on with a prompt of its own has no more to say.
      takesMore: false,
    },
  });
}

function toPast(
  invocation: Invocation,
): { past: ExecPast; prompt: string | undefined } {
  const [first, second] = invocation.operands;
  const isAnywhere = invocation.has("all");
  if (!invocation.has("last")) {
    if (first === undefined) {
      throw new UsageError("no session: give its id, or `--last`");
    }
    return { past: { kind: "named", name: first }, prompt: second };
  }
  if (second !== undefined) {
    throw new UsageError("a session id cannot be used with '--last'");
  }
  return { past: { kind: "last", isAnywhere }, prompt: first };
}
