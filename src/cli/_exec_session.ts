import type { Client } from "../client/mod.ts";
import type {
  ThreadListParams,
  ThreadListResponse,
  ThreadResumeParams,
  ThreadStartResponse,
} from "../protocol/mod.ts";
import type { ExecOrder, ExecPast } from "./_exec_order.ts";

/**
 * Starts the session that an order means, or opens it again.
 *
 * @throws {RpcError} if the server refuses it.
 * @throws {Error} if there is no such session.
 */
export async function openSession(
  client: Client,
  order: ExecOrder,
  signal: AbortSignal,
): Promise<ThreadStartResponse> {
  const { cwd, model, sandbox, furtherRoots, past } = order;
  const settings = {
    cwd,
    approvalPolicy: "never",
    ...model !== undefined && { model },
    ...sandbox !== undefined && { sandbox },
    ...furtherRoots.length > 0 &&
      { runtimeWorkspaceRoots: [cwd, ...furtherRoots] },
  } satisfies Omit<ThreadResumeParams, "threadId">;
  if (past === undefined) {
    return await client.request("thread/start", {
      ...settings,
      ephemeral: order.isEphemeral,
      threadSource: order.threadSource ?? "user",
    }, { signal });
  }
  const threadId = await findSession(client, past, cwd);
  return await client.request("thread/resume", {
    ...settings,
    threadId,
    excludeTurns: true,
  }, { signal });
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Sessions that somebody began, in whatever client. */
const BEGUN: ThreadListParams = {
  sortKey: "updated_at",
  sourceKinds: ["cli", "vscode", "exec", "appServer", "unknown"],
  modelProviders: [],
};

async function findSession(
  client: Client,
  past: ExecPast,
  cwd: string,
): Promise<string> {
  if (past.kind === "last") {
    const { data: [latest] } = await client.request("thread/list", {
      ...BEGUN,
      limit: 1,
      ...!past.isAnywhere && { cwd },
    });
    if (latest !== undefined) return latest.id;
    throw new Error(
      past.isAnywhere
        ? "There is no session to go on with"
        : `There is no session of "${cwd}" to go on with`,
    );
  }
  const { name } = past;
  if (UUID.test(name)) return name;
  for (let cursor: string | null = null;;) {
    const page: ThreadListResponse = await client.request("thread/list", {
      ...BEGUN,
      cursor,
    });
    const named = page.data.find((thread) => thread.name === name);
    if (named !== undefined) return named.id;
    cursor = page.nextCursor;
    if (cursor === null) {
      throw new Error(`There is no session "${name}" to go on with`);
    }
  }
}
