import type { MethodName } from "../protocol/mod.ts";

/**
 * Methods of the contract that this server does not offer yet: each answers
 * -32601 `METHOD is not supported yet`. The compiler holds this list against
 * the tables, so a method is in exactly one of the two. It is the backlog.
 */
export const unfinished = [
  "server/diagnostics",
  "skills/list",
  "skills/extraRoots/set",
  "hooks/list",
  "marketplace/add",
  "marketplace/remove",
  "marketplace/upgrade",
  "plugin/list",
  "plugin/search",
  "plugin/installed",
  "plugin/reconcile",
  "plugin/read",
  "plugin/skill/read",
  "plugin/share/save",
  "plugin/share/updateTargets",
  "plugin/share/list",
  "plugin/share/checkout",
  "plugin/share/delete",
  "app/read",
  "app/list",
  "app/installed",
  "skills/config/write",
  "plugin/install",
  "plugin/uninstall",
  "thread/realtime/start",
  "thread/realtime/appendAudio",
  "thread/realtime/appendText",
  "thread/realtime/appendSpeech",
  "thread/realtime/stop",
  "thread/realtime/listVoices",
  "windowsSandbox/setupStart",
  "windowsSandbox/readiness",
  "externalAgentConfig/detect",
  "externalAgentConfig/import",
  "externalAgentConfig/import/recordHistory",
  "externalAgentConfig/import/readHistories",
  "gitDiffToRemote",
  "fuzzyFileSearch",
  "fuzzyFileSearch/sessionStart",
  "fuzzyFileSearch/sessionUpdate",
  "fuzzyFileSearch/sessionStop",
] as const satisfies readonly MethodName[];

/** Name of a method that is not offered yet. */
export type UnfinishedMethod = typeof unfinished[number];

/** Name of a method that some table must hold. */
export type FinishedMethod = Exclude<
  MethodName,
  UnfinishedMethod | "initialize"
>;
