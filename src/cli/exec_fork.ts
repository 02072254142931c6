import type { RoomsOnDemand } from "../server/mod.ts";
import type { Invocation } from "./command.ts";
import { execute } from "./exec.ts";

/** Begins a session with all that was said in an earlier one. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const [name, prompt] = invocation.operands;
  const given = prompt ?? invocation.earlier[0];
  return await execute(invocation, rooms, {
    start: { kind: "fork", past: { kind: "named", name: name! } },
    wish: given === undefined
      ? { kind: "nothing" }
      : { kind: "prompt", given, takesMore: false },
  });
}
