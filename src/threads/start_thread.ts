import type { Past } from "../agent/mod.ts";
import type {
  Thread as ThreadView,
  ThreadStartParams,
} from "../protocol/mod.ts";
import { Rollout, toRolloutPath } from "../rollout/mod.ts";
import { checkDynamicTools } from "./_check_dynamic_tools.ts";
import { readGitInfo, toStoredGit } from "./_git_info.ts";
import { Journal } from "./journal.ts";
import { KeptTurns, StoredTurns } from "./past_turns.ts";
import { acquire } from "./resume_thread.ts";
import { setUpThread } from "./set_up_thread.ts";
import { toInstructions } from "./settings.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** A conversation that has not begun. */
const noPast: Past = {
  history: [],
  usage: null,
  compactions: 0,
  lastContext: null,
};

/**
 * Starts a thread. Nothing of it is on disk before its first turn.
 *
 * @throws {RpcError} if the configuration is broken, or wishes contradict each
 * other.
 */
export async function startThread(
  threads: Threads,
  params: ThreadStartParams,
  client: { readonly name: string },
): Promise<Thread> {
  checkDynamicTools(params.dynamicTools ?? []);
  if (params.projectId != null) {
    (await threads.catalog()).projects.check(params.projectId);
  }
  const id = threads.nextId();
  const cwd = threads.paths.resolve(params.cwd ?? undefined);
  const { config, models, settings, ...remarks } = await setUpThread(
    threads,
    params,
    { cwd, originator: client.name },
  );
  threads.checkProvider(models, settings);
  const createdAtMs = Date.now();
  const seconds = Math.floor(createdAtMs / 1000);
  const isEphemeral = params.ephemeral ?? false;
  const path = isEphemeral
    ? null
    : toRolloutPath(threads.home, id, new Date(createdAtMs));
  const view: ThreadView = {
    id,
    environments: settings.environments,
    extra: null,
    sessionId: id,
    forkedFromId: null,
    attachedToThreadId: null,
    parentThreadId: null,
    preview: "",
    ephemeral: isEphemeral,
    section: null,
    sectionEnteredAt: null,
    projectId: params.projectId ?? null,
    historyMode: params.historyMode ?? "paginated",
    modelProvider: settings.modelProvider,
    model: settings.model,
    reasoningEffort: settings.effort,
    createdAt: seconds,
    updatedAt: seconds,
    recencyAt: seconds,
    status: { type: "idle" },
    path,
    cwd,
    cliVersion: threads.version,
    originator: client.name,
    source: threads.source,
    canAcceptDirectInput: true,
    threadSource: params.threadSource ?? null,
    agentNickname: null,
    agentRole: null,
    gitInfo: null,
    name: null,
    daybreakEnabled: params.daybreakEnabled ?? null,
    turns: [],
  };
  const baseInstructions = params.baseInstructions ?? toInstructions(config) ??
    models.facts(settings.model).baseInstructions;
  const gitInfo = path === null
    ? null
    : await readGitInfo(cwd, threads.paths.access?.checkRead);
  const rollout = path === null ? undefined : Rollout.create(path, {
    session_id: id,
    id,
    timestamp: new Date(createdAtMs).toISOString(),
    cwd,
    runtime_workspace_roots:
      settings.environments?.[0]?.runtimeWorkspaceRoots ?? [cwd],
    originator: client.name,
    cli_version: threads.version,
    source: view.source,
    model_provider: settings.modelProvider,
    history_mode: view.historyMode,
    ...gitInfo !== null && { git: toStoredGit(gitInfo) },
    ...view.threadSource !== null && { thread_source: view.threadSource },
    base_instructions: {
      text: baseInstructions ?? threads.baseInstructions,
    },
  }, { log: threads.log });
  const lock = rollout && await acquire(threads.home, id);
  return threads.load({
    view,
    gitInfo,
    settings,
    config,
    models,
    past: { ...noPast, opening: params.sessionStartSource ?? "startup" },
    dynamicTools: params.dynamicTools ?? [],
    baseInstructions,
    developerInstructions: params.developerInstructions ?? null,
    originator: client.name,
    ...remarks,
    journal: new Journal(rollout, lock),
    turns: rollout ? new StoredTurns(rollout, threads.home) : new KeptTurns(),
  });
}
