import type { Thread as ThreadView } from "../protocol/mod.ts";
import type { SessionMeta } from "../rollout/mod.ts";
import type { AgentSetup } from "./_agent_setup.ts";
import { toStoredGit } from "./_git_info.ts";
import { depthOf } from "./agents_below.ts";
import type { Thread } from "./thread.ts";
import type { ThreadSeed } from "./threads_options.ts";

/** What only this agent has. */
export interface AgentFacts {
  readonly id: string;
  readonly path: string | null;
  readonly createdAtMs: number;
  readonly version: string;
  readonly originator: string;
  readonly nickname: string;
}

/** An agent as clients see it. */
export function toAgentView(
  { view: above, threadId }: Thread,
  { settings, role }: AgentSetup,
  { id, path, createdAtMs, version, originator, nickname }: AgentFacts,
): ThreadView {
  const seconds = Math.floor(createdAtMs / 1000);
  const { cwd, environments, modelProvider, model, effort } = settings;
  return {
    ...above,
    id,
    environments,
    forkedFromId: null,
    attachedToThreadId: null,
    parentThreadId: threadId,
    preview: "",
    section: null,
    sectionEnteredAt: null,
    projectId: null,
    historyMode: "paginated",
    modelProvider,
    model,
    reasoningEffort: effort,
    createdAt: seconds,
    updatedAt: seconds,
    recencyAt: seconds,
    status: { type: "idle" },
    path,
    cwd,
    cliVersion: version,
    originator,
    source: {
      subAgent: {
        thread_spawn: {
          parent_thread_id: threadId,
          depth: depthOf(above.source) + 1,
          agent_path: null,
          agent_nickname: nickname,
          agent_role: role,
        },
      },
    },
    threadSource: "subagent",
    agentNickname: nickname,
    agentRole: role,
    name: null,
    turns: [],
  };
}

/** What stands first in its file. */
export function toAgentMeta(
  view: ThreadView,
  { baseInstructions }: ThreadSeed,
  usualInstructions: string,
): SessionMeta {
  const { parentThreadId, source, agentNickname, agentRole, gitInfo } = view;
  return {
    session_id: view.sessionId,
    id: view.id,
    parent_thread_id: parentThreadId,
    timestamp: new Date(view.createdAt * 1000).toISOString(),
    cwd: view.cwd,
    runtime_workspace_roots: view.environments?.[0]?.runtimeWorkspaceRoots ??
      [view.cwd],
    originator: view.originator ?? "",
    cli_version: view.cliVersion,
    source: typeof source === "object" && "subAgent" in source
      ? { subagent: source.subAgent }
      : source,
    thread_source: view.threadSource,
    agent_nickname: agentNickname,
    ...agentRole !== null && { agent_role: agentRole },
    model_provider: view.modelProvider,
    history_mode: view.historyMode,
    ...gitInfo !== null && { git: toStoredGit(gitInfo) },
    base_instructions: { text: baseInstructions ?? usualInstructions },
  };
}
