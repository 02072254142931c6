import type { ThreadItem } from "../protocol/mod.ts";
import {
  readRollout,
  Rollout,
  ThreadLockedError,
  toRolloutPath,
  WriterLock,
} from "../rollout/mod.ts";
import { readGitInfo, toStoredGit } from "./_git_info.ts";
import {
  guessTokens,
  importedMark,
  importedTurn,
  toImportedRecords,
} from "./_imported_records.ts";
import type { ImportedMessage, ImportedTalk } from "./imported_talk.ts";
import { acquire } from "./resume_thread.ts";
import { setUpThread } from "./set_up_thread.ts";
import { toInstructions } from "./settings.ts";
import type { Threads } from "./threads.ts";

/**
 * Stores a conversation that was held elsewhere as a thread, which is not
 * loaded. It is set up as one that is started in the same place; its turns are
 * over.
 *
 * @returns its id.
 * @throws {RpcError} if the configuration is broken.
 * @throws {RolloutError} if it can't be written.
 */
export async function importThread(
  threads: Threads,
  { cwd, name, messages }: ImportedTalk,
  client: { readonly name: string },
): Promise<string> {
  // Who goes on with the thread is told then what is not granted.
  const { config, models, settings } = await setUpThread(threads, {}, {
    cwd,
    originator: client.name,
  });
  threads.checkProvider(models, settings);
  const gitInfo = await readGitInfo(cwd, threads.paths.access?.checkRead);
  const id = threads.nextId();
  const now = new Date();
  const path = toRolloutPath(threads.home, id, now);
  {
    await using _lock = await acquire(threads.home, id);
    await using rollout = Rollout.create(path, {
      session_id: id,
      id,
      timestamp: now.toISOString(),
      cwd,
      originator: client.name,
      cli_version: threads.version,
      source: threads.source,
      model_provider: settings.modelProvider,
      history_mode: "legacy",
      ...gitInfo !== null && { git: toStoredGit(gitInfo) },
      base_instructions: {
        text: toInstructions(config) ?? threads.baseInstructions,
      },
    }, { log: threads.log });
    const place = { turnsBefore: 0, tokens: guessTokens(messages) };
    rollout.append(...toImportedRecords(messages, place));
  }
  const catalog = await threads.catalog();
  await catalog.threads.adopt(path);
  const atMs = findLastMs(messages);
  if (atMs !== undefined) catalog.threads.touch(id, { recencyAtMs: atMs });
  if (name !== null) await catalog.threads.setName(id, name);
  return id;
}

/**
 * Adds what was said elsewhere since a thread was made of it: to one that
 * nobody has gone on with here, and that has the beginning of just that
 * conversation.
 *
 * @returns false if it is not so, or there is nothing to add.
 * @throws {RolloutError} if it can't be written.
 */
export async function growImportedThread(
  threads: Threads,
  threadId: string,
  { messages }: ImportedTalk,
): Promise<boolean> {
  const catalog = await threads.catalog();
  const row = await catalog.threads.find(threadId);
  if (row === undefined || row.archived) return false;
  if (threads.find(threadId) !== undefined) return false;
  try {
    await using _lock = await WriterLock.acquire(threads.home, threadId);
    const stored = await readRollout(row.path, { home: threads.home });
    if (!stored.turnIds.every((id) => id.startsWith(importedTurn))) {
      return false;
    }
    const known = (await stored.readTurns()).flatMap(({ items }) => items)
      .flatMap(toMessage);
    if (!isBeginning(known, messages)) return false;
    await using rollout = await Rollout.open(row.path, { log: threads.log });
    rollout.append(...toImportedRecords(messages.slice(known.length), {
      turnsBefore: stored.turnIds.length,
      tokens: guessTokens(messages),
    }));
  } catch (error) {
    if (error instanceof ThreadLockedError) return false;
    throw error;
  }
  const atMs = findLastMs(messages);
  catalog.threads.touch(threadId, {
    updatedAtMs: Date.now(),
    ...atMs !== undefined && { recencyAtMs: atMs },
  });
  return true;
}

/** Who said what; without the mark at the end of what was taken over. */
function toMessage(
  item: ThreadItem,
): Omit<ImportedMessage, "atMs">[] {
  if (item.type === "userMessage") {
    const [part] = item.content;
    return [{ from: "user", text: part?.type === "text" ? part.text : "" }];
  }
  if (item.type !== "agentMessage" || item.text === importedMark) return [];
  return [{ from: "agent", text: item.text }];
}

/** Whether there is more in a conversation, and it begins like that. */
function isBeginning(
  known: readonly Omit<ImportedMessage, "atMs">[],
  messages: readonly ImportedMessage[],
): boolean {
  return known.length < messages.length &&
    known.every(({ from, text }, index) =>
      messages[index]?.from === from && messages[index].text === text
    );
}

function findLastMs(messages: readonly ImportedMessage[]): number | undefined {
  const times = messages.map(({ atMs }) => atMs).filter((ms) => ms !== null);
  return times.length === 0
    ? undefined
    : times.reduce((last, ms) => Math.max(last, ms));
}
