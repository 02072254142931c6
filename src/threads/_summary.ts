import type { StoredThread } from "../catalog/mod.ts";
import type {
  ConversationSource,
  ConversationSummary,
  SessionSource,
} from "../protocol/mod.ts";

/** What older clients are told of a stored thread. */
export function toSummary(row: StoredThread): ConversationSummary {
  const { gitInfo } = row;
  return {
    conversationId: row.id,
    path: row.path,
    preview: row.preview,
    timestamp: new Date(row.createdAtMs).toISOString(),
    updatedAt: new Date(row.updatedAtMs).toISOString(),
    modelProvider: row.modelProvider,
    cwd: row.cwd,
    cliVersion: row.cliVersion,
    source: toConversationSource(row.source),
    gitInfo: gitInfo && {
      sha: gitInfo.sha,
      branch: gitInfo.branch,
      origin_url: gitInfo.originUrl,
    },
  };
}

/** The same in the older spelling. */
function toConversationSource(source: SessionSource): ConversationSource {
  if (source === "appServer") return "mcp";
  if (typeof source === "string" || "custom" in source) return source;
  return { subagent: source.subAgent };
}
