import type {
  GitInfo,
  SessionSource,
  Thread,
  ThreadSection,
  ThreadSourceKind,
} from "../protocol/mod.ts";
import type { Row, Value } from "./_database.ts";

/** Whether the memories of a thread are made. */
export type MemoryMode = "enabled" | "disabled";

/**
 * What is known of a stored thread itself. Section, project, name and other
 * things that people gave it have methods of their own and outlive an
 * {@linkcode ThreadIndex.upsert}.
 */
export interface ThreadRow {
  /** Its id. */
  readonly id: string;
  /** Id of the first thread of its family; its own if it has none. */
  readonly sessionId: string;
  /** Thread whose past it took over. */
  readonly forkedFromId: string | null;
  /** Thread that it hangs on. */
  readonly attachedToThreadId: string | null;
  /** Thread that started it. */
  readonly parentThreadId: string | null;
  /** First message of the user; empty before it: such a thread is not listed. */
  readonly preview: string;
  /** Whether there was a message of the user; one of pictures has no preview. */
  readonly hasUserMessage: boolean;
  /** How its turns are stored. */
  readonly historyMode: "legacy" | "paginated";
  /** Name of the model provider. */
  readonly modelProvider: string;
  /** Model that it is set to. */
  readonly model: string | null;
  /** Effort that it is set to. */
  readonly reasoningEffort: string | null;
  /** Unix milliseconds when it began. */
  readonly createdAtMs: number;
  /** Unix milliseconds when something last happened in it. */
  readonly updatedAtMs: number;
  /** Unix milliseconds when the user last did something in it. */
  readonly recencyAtMs: number;
  /** File that it is stored in. */
  readonly path: string;
  /** Directory where it works. */
  readonly cwd: string;
  /** Version of the server that it began on. */
  readonly cliVersion: string;
  /** Name of the client that began it. */
  readonly originator: string | null;
  /** What kind of program it comes from. */
  readonly source: SessionSource;
  /** What it was started for, in the client's words. */
  readonly threadSource: string | null;
  /** Name of the sub-agent that it is. */
  readonly agentNickname: string | null;
  /** What that sub-agent is good at. */
  readonly agentRole: string | null;
  /** Repository that it began in. */
  readonly gitInfo: GitInfo | null;
  /** Whether it is archived. */
  readonly archived: boolean;
}

/** What else the catalog knows of a thread. */
export interface StoredThread extends ThreadRow {
  /** Its name, if somebody gave it one. */
  readonly name: string | null;
  /** Whether its memories are made; null if nobody said. */
  readonly memoryMode: MemoryMode | null;
  /** The client's choice of that name. */
  readonly daybreakEnabled: boolean | null;
  /** Tokens that its turns took, as last told. */
  readonly tokensUsed: number;
  /** Section that it was sorted into. */
  readonly section: ThreadSection | null;
  /** Unix milliseconds when it came into that section. */
  readonly sectionEnteredAtMs: number | null;
  /** Project that it belongs to. */
  readonly projectId: string | null;
}

/** How a thread is listed: not at all, like others, or with its owner only. */
export const shown = { never: 0, listed: 1, attached: 2 } as const;

/** Columns to read a {@linkcode StoredThread} from. */
export const threadColumns = `t.*, s.name AS section_name,
  s.appearance AS section_appearance`;

/** Where those columns come from. */
export const threadTables =
  "threads t LEFT JOIN sections s ON s.id = t.section_id";

/** The columns that an upsert writes, by name. */
export function toColumns(row: ThreadRow): Record<string, Value> {
  return {
    id: row.id,
    session_id: row.sessionId,
    forked_from_id: row.forkedFromId,
    attached_to_id: row.attachedToThreadId,
    parent_id: row.parentThreadId,
    shown: toShown(row),
    archived: Number(row.archived),
    created_ms: row.createdAtMs,
    updated_ms: row.updatedAtMs,
    recency_ms: row.recencyAtMs,
    source_kind: toSourceKind(row.source),
    model_provider: row.modelProvider,
    cwd: row.cwd,
    preview: row.preview,
    path: row.path,
    source: JSON.stringify(row.source),
    thread_source: row.threadSource,
    agent_nickname: row.agentNickname,
    agent_role: row.agentRole,
    history_mode: row.historyMode,
    model: row.model,
    reasoning_effort: row.reasoningEffort,
    cli_version: row.cliVersion,
    originator: row.originator,
    git_info: row.gitInfo && JSON.stringify(row.gitInfo),
  };
}

/** Reads a row of {@linkcode threadColumns}. */
export function toStoredThread(row: Row): StoredThread {
  const json = <T>(text: Value | undefined): T | null =>
    typeof text === "string" ? JSON.parse(text) as T : null;
  const text = (name: string): string => row[name] as string;
  const textOrNull = (name: string): string | null =>
    row[name] as string | null;
  const number = (name: string): number => row[name] as number;
  return {
    id: text("id"),
    sessionId: text("session_id"),
    forkedFromId: textOrNull("forked_from_id"),
    attachedToThreadId: textOrNull("attached_to_id"),
    parentThreadId: textOrNull("parent_id"),
    preview: text("preview"),
    hasUserMessage: number("shown") === shown.listed || text("preview") !== "",
    historyMode: text("history_mode") as ThreadRow["historyMode"],
    modelProvider: text("model_provider"),
    model: textOrNull("model"),
    reasoningEffort: textOrNull("reasoning_effort"),
    createdAtMs: number("created_ms"),
    updatedAtMs: number("updated_ms"),
    recencyAtMs: number("recency_ms"),
    path: text("path"),
    cwd: text("cwd"),
    cliVersion: text("cli_version"),
    originator: textOrNull("originator"),
    source: JSON.parse(text("source")) as SessionSource,
    threadSource: textOrNull("thread_source"),
    agentNickname: textOrNull("agent_nickname"),
    agentRole: textOrNull("agent_role"),
    gitInfo: json<GitInfo>(row.git_info),
    archived: row.archived === 1,
    name: textOrNull("name"),
    memoryMode: row.memory_mode as MemoryMode | null,
    daybreakEnabled: row.daybreak === null ? null : row.daybreak === 1,
    tokensUsed: number("tokens_used"),
    section: row.section_id === null ? null : {
      id: text("section_id"),
      name: text("section_name"),
      appearance: json(row.section_appearance),
    },
    sectionEnteredAtMs: row.section_entered_ms as number | null,
    projectId: textOrNull("project_id"),
  };
}

/** The thread as it is shown while it is not in memory. */
export function toThread(stored: StoredThread): Thread {
  return {
    id: stored.id,
    environments: null,
    extra: null,
    sessionId: stored.sessionId,
    forkedFromId: stored.forkedFromId,
    attachedToThreadId: stored.attachedToThreadId,
    parentThreadId: stored.parentThreadId,
    preview: stored.preview,
    ephemeral: false,
    section: stored.section,
    sectionEnteredAt: toSeconds(stored.sectionEnteredAtMs),
    projectId: stored.projectId,
    historyMode: stored.historyMode,
    modelProvider: stored.modelProvider,
    model: stored.model,
    reasoningEffort: stored.reasoningEffort,
    createdAt: Math.floor(stored.createdAtMs / 1000),
    updatedAt: Math.floor(stored.updatedAtMs / 1000),
    recencyAt: Math.floor(stored.recencyAtMs / 1000),
    status: { type: "notLoaded" },
    path: stored.path,
    cwd: stored.cwd,
    cliVersion: stored.cliVersion,
    originator: stored.originator,
    source: stored.source,
    canAcceptDirectInput: null,
    threadSource: stored.threadSource,
    agentNickname: stored.agentNickname,
    agentRole: stored.agentRole,
    gitInfo: stored.gitInfo,
    name: stored.name,
    daybreakEnabled: stored.daybreakEnabled,
    turns: [],
  };
}

/** Whole seconds of a time; null stays null. */
export function toSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}

/** Which of the kinds in a filter a source is. */
export function toSourceKind(
  source: SessionSource,
): ThreadSourceKind | "custom" {
  if (typeof source === "string") return source;
  if ("custom" in source) return "custom";
  const agent = source.subAgent;
  if (agent === "review") return "subAgentReview";
  if (agent === "compact") return "subAgentCompact";
  if (agent === "memory_consolidation") return "subAgent";
  if (typeof agent === "object" && "thread_spawn" in agent) {
    return "subAgentThreadSpawn";
  }
  return "subAgentOther";
}

function toShown(row: ThreadRow): number {
  if (row.attachedToThreadId !== null) return shown.attached;
  return row.hasUserMessage ? shown.listed : shown.never;
}
