import type { GitInfo, SessionSource } from "../protocol/mod.ts";
import type { OpenPayload, RolloutHead } from "../rollout/mod.ts";
import type { ThreadRow } from "./thread_row.ts";

/** A rollout as it was found. */
export interface FoundFile {
  readonly path: string;
  readonly threadId: string;
  readonly isArchived: boolean;
  /** Unix milliseconds when it last changed. */
  readonly changedMs: number;
}

/** What the beginning of a rollout says of its thread. */
export function toThreadRow(file: FoundFile, head: RolloutHead): ThreadRow {
  const meta: OpenPayload = head.meta;
  const text = (name: string): string | null => {
    const value = meta[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const spawn = toSpawn(meta.source);
  const createdAtMs = Date.parse(text("timestamp") ?? "") || file.changedMs;
  return {
    id: file.threadId,
    sessionId: text("session_id") ?? file.threadId,
    forkedFromId: text("forked_from_id"),
    attachedToThreadId: head.meta.attached_thread === true
      ? text("forked_from_id")
      : null,
    parentThreadId: text("parent_thread_id") ??
      toText(spawn?.parent_thread_id),
    preview: head.preview,
    hasUserMessage: head.preview !== "",
    historyMode: meta.history_mode === "paginated" || "history_base" in meta
      ? "paginated"
      : "legacy",
    modelProvider: text("model_provider") ?? "openai",
    model: null,
    reasoningEffort: null,
    createdAtMs,
    updatedAtMs: Math.max(file.changedMs, createdAtMs),
    recencyAtMs: Math.max(file.changedMs, createdAtMs),
    path: file.path,
    cwd: text("cwd") ?? "/",
    cliVersion: text("cli_version") ?? "",
    originator: text("originator"),
    source: toSource(meta.source),
    threadSource: text("thread_source"),
    agentNickname: text("agent_nickname") ?? toText(spawn?.agent_nickname),
    agentRole: text("agent_role") ?? toText(spawn?.agent_role),
    gitInfo: toGitInfo(meta.git),
    archived: file.isArchived,
  };
}

/** A source as rollouts write it, in the words of the protocol. */
export function toSource(stored: unknown): SessionSource {
  if (stored === "cli" || stored === "vscode" || stored === "exec") {
    return stored;
  }
  if (stored === "mcp" || stored === "appServer") return "appServer";
  if (!isObject(stored)) return "unknown";
  if (typeof stored.custom === "string") return { custom: stored.custom };
  const agent = stored.subagent ?? stored.subAgent;
  if (
    agent === "review" || agent === "compact" ||
    agent === "memory_consolidation"
  ) return { subAgent: agent };
  if (!isObject(agent)) return "unknown";
  if (typeof agent.other === "string") {
    return { subAgent: { other: agent.other } };
  }
  const spawn = toSpawn(stored);
  const parent = toText(spawn?.parent_thread_id);
  if (parent === null) return "unknown";
  return {
    subAgent: {
      thread_spawn: {
        parent_thread_id: parent,
        depth: typeof spawn?.depth === "number" ? spawn.depth : 1,
        agent_path: toText(spawn?.agent_path),
        agent_nickname: toText(spawn?.agent_nickname),
        agent_role: toText(spawn?.agent_role),
      },
    },
  };
}

function toSpawn(source: unknown): OpenPayload | undefined {
  if (!isObject(source)) return undefined;
  const agent = source.subagent ?? source.subAgent;
  const spawn = isObject(agent) ? agent.thread_spawn : undefined;
  return isObject(spawn) ? spawn : undefined;
}

function toGitInfo(git: unknown): GitInfo | null {
  if (!isObject(git)) return null;
  const found = {
    sha: toText(git.commit_hash),
    branch: toText(git.branch),
    originUrl: toText(git.repository_url),
  };
  return Object.values(found).every((value) => value === null) ? null : found;
}

function toText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function isObject(value: unknown): value is OpenPayload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
