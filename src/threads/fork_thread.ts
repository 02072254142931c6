import { toInterruptedNote } from "../agent/mod.ts";
import type {
  Thread as ThreadView,
  ThreadForkParams,
  Turn,
} from "../protocol/mod.ts";
import { createFork, readRollout, toRolloutPath } from "../rollout/mod.ts";
import { type ForkSource, toCut } from "./fork_source.ts";
import { mendPast } from "./_mend_past.ts";
import { Journal } from "./journal.ts";
import { KeptTurns, StoredTurns } from "./past_turns.ts";
import { acquire, toTaken } from "./resume_thread.ts";
import { setUpThread } from "./set_up_thread.ts";
import { toInstructions } from "./settings.ts";
import { toRemembered } from "./stored_settings.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import { toOwnRoots } from "./_workspace_roots.ts";

/**
 * Starts a thread from the past of another, which may run: what it has of a
 * turn that is not over reads as interrupted in the new one, and its model is
 * told so. One that hangs on the other goes on from its conversation, and shows
 * none of its turns.
 *
 * @throws {RpcError} if there is no turn where it is to end, or the
 * configuration is broken.
 */
export async function forkThread(
  threads: Threads,
  from: ForkSource,
  params: ThreadForkParams,
  client: { readonly name: string },
): Promise<{ thread: Thread; turns: Turn[] }> {
  const { id: sourceId, stored: source, row } = from;
  const beforeTurnId = toCut(from, params);
  const [settingsRecord, context, usage] = await Promise.all([
    source.readSettings(),
    source.readContext(),
    source.readUsage({ beforeTurnId }),
  ]);
  // Another thread begins with the model of the configuration, where it works.
  const {
    runtimeWorkspaceRoots: _roots,
    model: _model,
    modelProvider: _provider,
    effort: _effort,
    serviceTier: _tier,
    summary: _summary,
    personality: _personality,
    ...remembered
  } = toRemembered(settingsRecord, context);
  const cwd = threads.paths.resolve(
    params.cwd ?? remembered.cwd ?? source.meta.cwd,
  );
  const { config, models, settings, ...remarks } = await setUpThread(
    threads,
    params,
    { cwd, remembered, originator: client.name },
  );
  threads.checkProvider(models, settings);
  const id = threads.nextId();
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
    forkedFromId: sourceId,
    attachedToThreadId: params.attachToSource ? sourceId : null,
    parentThreadId: null,
    preview: row?.preview ?? (await source.readPreview()).text,
    ephemeral: isEphemeral,
    section: null,
    sectionEnteredAt: null,
    projectId: row?.projectId ?? null,
    historyMode: "paginated",
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
    gitInfo: isEphemeral ? null : row?.gitInfo ?? null,
    name: row?.name ?? null,
    daybreakEnabled: null,
    turns: [],
  };
  const common = {
    view,
    settings,
    config,
    models,
    dynamicTools: [],
    baseInstructions: params.baseInstructions ?? toInstructions(config) ??
      models.facts(settings.model).baseInstructions,
    developerInstructions: params.developerInstructions ?? null,
    originator: client.name,
    ...remarks,
    beginsAnew: true,
  };
  const past = {
    ...toTaken(usage),
    compactions: source.compactions,
    lastContext: context,
    opening: "fork" as const,
    forkedFrom: {
      threadId: sourceId,
      endOrdinal: source.meta.history_mode === "paginated"
        ? source.baseBefore(beforeTurnId)?.end_ordinal_exclusive ?? null
        : null,
      making: threads.find(sourceId) === undefined
        ? "cold_fork" as const
        : "warm_fork" as const,
      sharesCache: isEphemeral,
    },
  };
  const mending = {
    threadId: id,
    historyMode: source.meta.history_mode ?? "legacy",
    log: threads.log,
    checkRead: threads.paths.access?.checkRead,
    note: toInterruptedNote,
  };
  const cut = await source.readCutTurns({ beforeTurnId });
  if (path === null) {
    const turns = await source.readTurns(
      beforeTurnId === undefined
        ? {}
        : { to: source.indexOfTurn(beforeTurnId) },
    );
    const history = [
      ...await source.readConversation({ beforeTurnId }),
      ...await mendPast(cut, mending),
    ];
    const thread = threads.load({
      ...common,
      past: { ...past, history },
      journal: new Journal(undefined),
      turns: new KeptTurns(turns),
    });
    return { thread, turns };
  }
  await using undo = new AsyncDisposableStack();
  const lock = undo.use(await acquire(threads.home, id));
  const rollout = undo.use(
    await createFork(source, path, {
      session_id: id,
      id,
      timestamp: new Date(createdAtMs).toISOString(),
      cwd,
      originator: client.name,
      cli_version: threads.version,
      source: view.source,
      model_provider: settings.modelProvider,
      runtime_workspace_roots: toOwnRoots(settings),
      ...params.attachToSource && { attached_thread: true },
      ...view.threadSource !== null && { thread_source: view.threadSource },
    }, {
      log: threads.log,
      ...beforeTurnId !== undefined && { beforeTurnId },
    }),
  );
  const turns = new StoredTurns(rollout, threads.home);
  const stored = await readRollout(path, { home: threads.home });
  const readConversation = stored.conversationSoFar();
  const unheard = await mendPast(
    // The source's turns are not shown in what hangs on it, nor parts of them.
    params.attachToSource ? cut.map((turn) => ({ ...turn, said: [] })) : cut,
    { ...mending, rollout },
  );
  const thread = threads.load({
    ...common,
    past: {
      ...past,
      history: async () => [...await readConversation(), ...unheard],
    },
    journal: new Journal(rollout, lock),
    turns,
  });
  undo.move();
  thread.journal.appendSettings(id, settings, config);
  await threads.enter(thread);
  const catalog = await threads.catalog();
  if (view.name !== null) await catalog.threads.setName(id, view.name);
  // What was said in the source was said in it, too: read when it is looked for.
  catalog.messages.forget(id);
  return { thread, turns: await thread.readTurns() };
}
