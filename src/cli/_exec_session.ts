import type { Client } from "../client/mod.ts";
import type {
  ThreadListParams,
  ThreadListResponse,
  ThreadResumeParams,
  ThreadStartResponse,
} from "../protocol/mod.ts";
import type { ExecOrder, ExecPast } from "./_exec_order.ts";
import { isJudged } from "./_exec_trust.ts";

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
  const { cwd, start } = order;
  const settings = toSettings(order);
  const fresh = {
    ephemeral: order.isEphemeral,
    threadSource: order.threadSource ?? "user",
  };
  if (start.kind === "new") {
    const params = { ...settings, ...fresh };
    return await client.request("thread/start", params, { signal });
  }
  const threadId = await findSession(client, start.past, cwd);
  const params = {
    ...await readConfigured(client, cwd),
    ...settings,
    threadId,
    excludeTurns: true,
  };
  return start.kind === "resume"
    ? await client.request("thread/resume", params, { signal })
    : await client.request("thread/fork", { ...params, ...fresh }, { signal });
}

async function readDefaultModel(client: Client): Promise<string | undefined> {
  const { data } = await client.request("model/list", {});
  return data.find(({ isDefault }) => isDefault)?.model;
}

type Settings = Omit<ThreadResumeParams, "threadId">;

function toSettings(order: ExecOrder): Settings {
  const { cwd, model, modelProvider, sandbox, furtherRoots } = order;
  return {
    cwd,
    ...order.isReviewed
      ? { approvalPolicy: "on-request", approvalsReviewer: "auto_review" }
      : { approvalPolicy: "never" },
    ...model !== undefined && { model },
    ...modelProvider !== undefined && { modelProvider },
    ...sandbox !== undefined && { sandbox },
    ...furtherRoots.length > 0 &&
      { runtimeWorkspaceRoots: [cwd, ...furtherRoots] },
  };
}

/**
 * What a run is configured as. A session goes on with that, and not with what
 * it was last used with: who resumes one must not inherit a wider sandbox.
 */
async function readConfigured(client: Client, cwd: string): Promise<Settings> {
  const { config } = await client.request("config/read", { cwd });
  const { model_provider: modelProvider, sandbox_mode: mode } = config;
  const model = config.model ?? await readDefaultModel(client);
  return {
    ...model !== undefined && { model },
    ...modelProvider != null && { modelProvider },
    ...mode != null
      ? { sandbox: mode }
      : typeof config["default_permissions"] !== "string" &&
        {
          sandbox: await isJudged(config, cwd)
            ? "workspace-write"
            : "read-only",
        },
  };
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
