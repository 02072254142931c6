import {
  RpcError,
  type ServerMethodName,
  type ServerRequests,
} from "../protocol/mod.ts";
import type { AskingOptions } from "./followers.ts";
import type { Thread } from "./thread.ts";

/**
 * Asks those who follow a thread what belongs to no turn, such as what a tool
 * wants to know that a client calls.
 *
 * @throws {RpcError} what was answered in place of a result, or that by the
 * thread's approval policy nobody is asked.
 * @throws {unknown} the signal's reason.
 */
export async function askWithoutTurn<M extends ServerMethodName>(
  { settings: { approvalPolicy }, followers }: Thread,
  method: M,
  params: ServerRequests[M]["params"],
  options: Pick<AskingOptions, "signal">,
): Promise<ServerRequests[M]["result"]> {
  const mayAsk = typeof approvalPolicy === "object"
    ? approvalPolicy.granular.mcp_elicitations
    : approvalPolicy !== "never";
  if (!mayAsk) {
    throw RpcError.invalidRequest("approval policy lets nobody be asked");
  }
  return await followers.ask(method, params, {
    ...options,
    waitingOn: "waitingOnApproval",
  });
}
