import type { Past } from "../agent/mod.ts";
import {
  RpcError,
  type Thread as ThreadView,
  type ThreadResumeParams,
  type ThreadTokenUsage,
  toThreadId,
} from "../protocol/mod.ts";
import {
  findRollout,
  parseRolloutName,
  readRollout,
  Rollout,
  type StoredThread,
  type StoredUsage,
  ThreadLockedError,
  WriterLock,
} from "../rollout/mod.ts";
import { isArchivedPath, toArchivedError } from "./_archived.ts";
import { checkProvider } from "./_check_provider.ts";
import { mendPast } from "./_mend_past.ts";
import { Journal } from "./journal.ts";
import { StoredTurns } from "./past_turns.ts";
import { setUpThread } from "./set_up_thread.ts";
import { isRemembered, toRemembered } from "./stored_settings.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import type { Remembered } from "./wishes.ts";

/** Where a stored thread is. */
interface Found {
  readonly id: string;
  readonly path: string;
}

/** Who opens a thread. */
interface Opener {
  readonly name: string;
  /** Told what is odd about going on with it as it was asked for. */
  readonly warn?: (message: string) => void;
}

/**
 * Where the thread is that a client wants to open.
 *
 * @param use What is to be done with its file. Default: it is written to.
 * @throws {RpcError} if there is none, or it is put away.
 */
export async function findStored(
  threads: Threads,
  wanted: Pick<ThreadResumeParams, "threadId" | "path">,
  use: "read" | "write" = "write",
): Promise<Found> {
  const found = await find(threads, wanted, use);
  if (isArchivedPath(found.path)) throw toArchivedError(found.id);
  return found;
}

async function find(
  threads: Threads,
  { threadId, path }: Pick<ThreadResumeParams, "threadId" | "path">,
  use: "read" | "write",
): Promise<Found> {
  if (path != null && path !== "") {
    const whole = threads.paths.resolveRollout(path);
    const id = parseRolloutName(whole)?.threadId;
    if (id !== undefined) {
      return { id, path: await threads.paths.checkRollout(whole, use) };
    }
    throw RpcError.invalidRequest(
      `failed to resolve rollout path \`${whole}\`: file does not exist`,
    );
  }
  const id = toThreadId(threadId, "session id");
  const known = await threads.findPath(id);
  // One that nobody has said anything to is known, but not on disk.
  if (known !== undefined && await exists(known)) return { id, path: known };
  const found = (await findRollout(threads.home, id))?.path ??
    (await findRollout(threads.home, id, { archived: true }))?.path;
  if (found !== undefined) return { id, path: found };
  throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isFile;
  } catch {
    return false;
  }
}

/**
 * Loads a thread from its file.
 *
 * @throws {RpcError} if somebody else writes to it, or its configuration is
 * broken.
 */
export async function loadStored(
  threads: Threads,
  { id, path }: Found,
  params: Omit<ThreadResumeParams, "threadId">,
  client: Opener,
): Promise<Thread> {
  const lock = await acquire(threads.home, id);
  try {
    const stored = await readRollout(path, { home: threads.home });
    return await load(threads, { id, path }, stored, params, client, lock);
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

async function load(
  threads: Threads,
  { id, path }: Found,
  stored: StoredThread,
  params: Omit<ThreadResumeParams, "threadId">,
  client: Opener,
  lock: WriterLock,
): Promise<Thread> {
  const { meta } = stored;
  const [settingsRecord, context, past, preview] = await Promise.all([
    stored.readSettings(),
    stored.readContext(),
    stored.readUsage(),
    stored.readPreview(),
  ]);
  const readConversation = stored.conversationSoFar();
  const remembered: Remembered = {
    ...meta.model_provider !== undefined &&
      { modelProvider: meta.model_provider },
    ...toRemembered(settingsRecord, context),
  };
  const cwd = threads.paths.resolve(params.cwd ?? remembered.cwd ?? meta.cwd);
  const { config, models, settings, ...remarks } = await setUpThread(
    threads,
    params,
    { cwd, remembered, originator: client.name },
  );
  checkProvider(models, {
    stored: remembered.modelProvider,
    next: settings.modelProvider,
    params,
  });
  const row = await threads.readRow(id);
  await using undo = new AsyncDisposableStack();
  const rollout = undo.use(await Rollout.open(path, { log: threads.log }));
  const unheard = await mendPast(await stored.readCutTurns(), {
    rollout,
    threadId: id,
    historyMode: meta.history_mode ?? "legacy",
    log: threads.log,
    checkRead: threads.paths.access?.checkRead,
  });
  const view: ThreadView = {
    ...row ?? toView(stored, id, path, preview.text),
    status: { type: "idle" },
    path,
  };
  const thread = threads.load({
    view,
    settings,
    config,
    models,
    past: {
      history: async () => [...await readConversation(), ...unheard],
      ...toTaken(past),
      compactions: stored.compactions,
      ...meta.forked_from_id !== undefined && {
        forkedFrom: {
          threadId: meta.forked_from_id,
          endOrdinal: meta.forked_from_ordinal_exclusive ?? null,
          making: null,
        },
      },
      lastContext: context,
    } satisfies Past,
    dynamicTools: [],
    baseInstructions: params.baseInstructions ?? toText(meta) ?? null,
    developerInstructions: params.developerInstructions ?? null,
    originator: client.name,
    ...remarks,
    beginsAnew: !preview.isOwn && preview.text !== "",
    journal: new Journal(rollout, lock),
    turns: new StoredTurns(rollout, threads.home, stored),
  });
  undo.move();
  // A file that tells no settings is not added to before something happens.
  const isTold = settingsRecord !== null;
  if (isTold && !isRemembered(settings, config, [settingsRecord, context])) {
    thread.journal.appendSettings(id, settings, config);
  }
  const model = context?.["model"] ?? remembered.model;
  if (typeof model === "string" && model !== settings.model) {
    client.warn?.(
      `This session was recorded with model \`${model}\` but is resuming ` +
        `with \`${settings.model}\`. Consider switching back to ` +
        `\`${model}\` as it may affect Codex performance.`,
    );
  }
  return thread;
}

/** @throws {RpcError} if another process writes to it; says which. */
export async function acquire(home: string, id: string): Promise<WriterLock> {
  try {
    return await WriterLock.acquire(home, id);
  } catch (error) {
    if (!(error instanceof ThreadLockedError)) throw error;
    throw RpcError.invalidRequest(error.message);
  }
}

function toText(meta: StoredThread["meta"]): string | undefined {
  const base = meta["base_instructions"] as { text?: unknown } | undefined;
  return typeof base?.text === "string" ? base.text : undefined;
}

/** What the last `token_count` says, as clients are told it. */
export function toTaken(
  stored: StoredUsage | null,
): Pick<Past, "usage" | "usageTurnId"> {
  if (stored === null) return { usage: null };
  const { info, turnId } = stored;
  const part = (name: string) => {
    const counts = (info[name] ?? {}) as Record<string, number | undefined>;
    return {
      totalTokens: counts["total_tokens"] ?? 0,
      inputTokens: counts["input_tokens"] ?? 0,
      cachedInputTokens: counts["cached_input_tokens"] ?? 0,
      cacheWriteInputTokens: counts["cache_write_input_tokens"] ?? 0,
      outputTokens: counts["output_tokens"] ?? 0,
      reasoningOutputTokens: counts["reasoning_output_tokens"] ?? 0,
    };
  };
  const window = info["model_context_window"] ?? null;
  const usage: ThreadTokenUsage = {
    total: part("total_token_usage"),
    last: part("last_token_usage"),
    modelContextWindow: window as number | null,
  };
  return { usage, usageTurnId: turnId };
}

/** What a file alone tells of a thread. */
function toView(
  stored: StoredThread,
  id: string,
  path: string,
  preview: string,
): ThreadView {
  const { meta } = stored;
  const createdAt = Math.floor(Date.parse(meta.timestamp) / 1000);
  const text = (name: string): string | null =>
    typeof meta[name] === "string" ? meta[name] : null;
  return {
    id,
    environments: null,
    extra: null,
    sessionId: text("session_id") ?? id,
    forkedFromId: meta.forked_from_id ?? null,
    attachedToThreadId: meta.attached_thread === true
      ? meta.forked_from_id ?? null
      : null,
    parentThreadId: null,
    preview,
    ephemeral: false,
    section: null,
    sectionEnteredAt: null,
    projectId: null,
    historyMode: meta.history_mode === "paginated" ? "paginated" : "legacy",
    modelProvider: meta.model_provider ?? "openai",
    model: null,
    reasoningEffort: null,
    createdAt,
    updatedAt: createdAt,
    recencyAt: createdAt,
    status: { type: "idle" },
    path,
    cwd: meta.cwd,
    cliVersion: meta.cli_version,
    originator: meta.originator,
    source: meta.source as ThreadView["source"],
    canAcceptDirectInput: true,
    threadSource: text("thread_source"),
    agentNickname: null,
    agentRole: null,
    gitInfo: null,
    name: null,
    daybreakEnabled: null,
    turns: [],
  };
}
