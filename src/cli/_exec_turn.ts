import type { Client } from "../client/mod.ts";
import type { ExecOrder, ExecWork } from "./_exec_order.ts";
import type { ExecReport } from "./_exec_report.ts";
import type { Turn } from "../protocol/mod.ts";
import { openSession } from "./_exec_session.ts";

/** How a turn ended. */
export interface ExecEnd {
  readonly isDone: boolean;
  /** The last message of the agent. */
  readonly message: string | undefined;
}

/**
 * Plays one turn of a session to its end and reports all of it. When asked to
 * stop, the turn is interrupted.
 *
 * @throws {RpcError} if the server refuses the session or the turn.
 * @throws {Error} if there is no such session.
 */
export async function playTurn(
  client: Client,
  order: ExecOrder,
  { report, stop }: { report: ExecReport; stop: AbortSignal },
): Promise<ExecEnd> {
  refuseQuestions(client);
  // Whoever reads slowly holds up the server, and misses nothing.
  using told = client.notifications(undefined, { whenFull: "pause" });
  const session = await openSession(client, order, stop);
  const { thread, model, modelProvider, sandbox, cwd } = session;
  const { approvalPolicy, reasoningEffort, runtimeWorkspaceRoots } = session;
  await report.begin({
    threadId: thread.id,
    model,
    modelProvider,
    approvalPolicy,
    sandbox,
    effort: reasoningEffort,
    cwd,
    roots: runtimeWorkspaceRoots,
  });
  if (order.work === undefined) return { isDone: true, message: undefined };
  const turn = await startWork(client, thread.id, order, order.work);
  const interrupt = (): void => {
    const both = { threadId: thread.id, turnId: turn.id };
    // Refused where the turn has ended: then that is what comes next.
    client.request("turn/interrupt", both).catch(() => {});
  };
  if (stop.aborted) interrupt();
  stop.addEventListener("abort", interrupt, { once: true });
  let message: string | undefined;
  for await (const notification of told) {
    const { threadId = null } = notification.params as { threadId?: string };
    if (threadId !== null && threadId !== thread.id) continue;
    await report.take(notification);
    const { method, params } = notification;
    if (method === "item/completed" && params.item.type === "agentMessage") {
      message = params.item.text;
    }
    if (method === "turn/completed" && params.turn.id === turn.id) {
      stop.removeEventListener("abort", interrupt);
      return { isDone: params.turn.status === "completed", message };
    }
  }
  throw new Error("The server ended before the turn did");
}

async function startWork(
  client: Client,
  threadId: string,
  { outputSchema, cyberAccessProgram }: ExecOrder,
  work: ExecWork,
): Promise<Turn> {
  if (work.kind === "review") {
    const { target } = work;
    return (await client.request("review/start", { threadId, target })).turn;
  }
  const { turn } = await client.request("turn/start", {
    threadId,
    input: work.input,
    turnTrigger: "exec",
    ...outputSchema !== undefined && { outputSchema },
    ...cyberAccessProgram !== undefined && { cyberAccessProgram },
  });
  return turn;
}

/** Nobody is there who could be asked. */
function refuseQuestions(client: Client): void {
  client.handle("item/commandExecution/requestApproval", () => ({
    decision: "decline",
  }));
  client.handle("item/fileChange/requestApproval", () => ({
    decision: "decline",
  }));
  client.handle("item/permissions/requestApproval", () => ({
    permissions: {},
  }));
  client.handle("mcpServer/elicitation/request", () => ({
    action: "decline",
    content: null,
    _meta: null,
  }));
}
