import {
  type JsonValue,
  RpcError,
  type Thread as ThreadView,
  type ThreadForkParams,
  type Turn,
} from "../protocol/mod.ts";
import {
  createFork,
  readRollout,
  type StoredThread,
  toRolloutPath,
} from "../rollout/mod.ts";
import { Journal } from "./journal.ts";
import { KeptTurns, StoredTurns } from "./past_turns.ts";
import { acquire, findStored, toTaken } from "./resume_thread.ts";
import { resolveSettings, toInstructions } from "./settings.ts";
import { toRemembered } from "./stored_settings.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/**
 * Starts a thread from the past of another, which may run: what it has of a
 * turn that is not over reads as interrupted in the new one.
 *
 * @throws {RpcError} if there is no such thread.
 */
export async function forkThread(
  threads: Threads,
  params: ThreadForkParams,
  client: { readonly name: string },
): Promise<{ thread: Thread; turns: Turn[] }> {
  checkKind(params);
  const found = await findStored(threads, params, "read");
  const source = await readRollout(found.path, { home: threads.home });
  const row = await threads.readRow(found.id);
  const beforeTurnId = toCut(source, params);
  const [settingsRecord, context, usage] = await Promise.all([
    source.readSettings(),
    source.readContext(),
    source.readUsage({ beforeTurnId }),
  ]);
  // Another thread begins with the model of the configuration.
  const {
    model: _model,
    modelProvider: _provider,
    effort: _effort,
    serviceTier: _tier,
    ...remembered
  } = toRemembered(settingsRecord, context);
  const cwd = threads.paths.resolve(
    params.cwd ?? remembered.cwd ?? source.meta.cwd,
  );
  const config = await threads.readConfig(
    cwd,
    (params.config ?? {}) as Record<string, JsonValue>,
    params,
  );
  const models = threads.createModels(config, client.name);
  const fallbacks: string[] = [];
  const settings = resolveSettings(params, remembered as never, {
    config,
    cwd,
    trust: await threads.findTrust(config, cwd),
    environmentIds: threads.environmentIds,
    defaultModel: models.defaultModel,
    serviceTiers: (model) => models.facts(model).serviceTiers,
    onFallback: (message) => fallbacks.push(message),
  });
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
    forkedFromId: found.id,
    attachedToThreadId: params.attachToSource ? found.id : null,
    parentThreadId: null,
    preview: row?.preview ?? await source.readPreview(),
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
    baseInstructions: params.baseInstructions ?? toInstructions(config),
    developerInstructions: params.developerInstructions ?? null,
    originator: client.name,
    fallbacks,
  };
  const past = {
    ...toTaken(usage),
    compactions: source.compactions,
    lastContext: context,
    opening: "fork" as const,
  };
  if (path === null) {
    const turns = await source.readTurns(
      beforeTurnId === undefined
        ? {}
        : { to: source.indexOfTurn(beforeTurnId) },
    );
    const history = await source.readConversation({ beforeTurnId });
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
      ...view.threadSource !== null && { thread_source: view.threadSource },
    }, {
      log: threads.log,
      ...beforeTurnId !== undefined && { beforeTurnId },
    }),
  );
  const turns = new StoredTurns(rollout, threads.home);
  const stored = await readRollout(path, { home: threads.home });
  const thread = threads.load({
    ...common,
    past: { ...past, history: stored.conversationSoFar() },
    journal: new Journal(rollout, lock),
    turns,
  });
  undo.move();
  thread.change({});
  if (view.name !== null) {
    await (await threads.catalog()).threads.setName(id, view.name);
  }
  return { thread, turns: await thread.readTurns() };
}

/** @throws {RpcError} if what is wished for needs something else. */
function checkKind(params: ThreadForkParams): void {
  if (params.experimentalPredictionMode && !params.ephemeral) {
    throw RpcError.invalidRequest(
      "`experimentalPredictionMode` requires `ephemeral: true`",
    );
  }
  if (
    params.experimentalDisablePredictionMcp &&
    !params.experimentalPredictionMode
  ) {
    throw RpcError.invalidRequest(
      "`experimentalDisablePredictionMcp` requires " +
        "`experimentalPredictionMode: true`",
    );
  }
}

/**
 * The turn before which the fork ends; nothing if it takes over all.
 *
 * @throws {RpcError} if there is no such turn.
 */
function toCut(
  source: StoredThread,
  { lastTurnId, beforeTurnId }: ThreadForkParams,
): string | undefined {
  if (lastTurnId != null && beforeTurnId != null) {
    throw RpcError.invalidRequest(
      "`lastTurnId` cannot be combined with `beforeTurnId`",
    );
  }
  const named = lastTurnId ?? beforeTurnId;
  if (named == null) return undefined;
  const at = source.indexOfTurn(named);
  if (at < 0) throw RpcError.invalidRequest(`turn not found: ${named}`);
  return lastTurnId == null ? named : source.turnIds[at + 1];
}
