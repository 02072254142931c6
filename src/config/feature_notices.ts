import type { DeprecationNoticeNotification } from "../protocol/mod.ts";
import type { Config } from "./config.ts";
import { isFeatureOn, unfinishedFeatures } from "./features.ts";

/** What users are told of the features that a configuration names. */
export interface FeatureNotices {
  /** One of each name that is out of use, in the order of the names. */
  readonly deprecations: readonly DeprecationNoticeNotification[];
  /** What may not work, in one sentence; nothing if all does. */
  readonly warning: string | null;
}

/** Names of features that they had before. */
const earlierNames: Readonly<Record<string, string>> = {
  codex_hooks: "hooks",
  collab: "multi_agent",
  connectors: "apps",
  enable_experimental_windows_sandbox: "experimental_windows_sandbox",
  experimental_use_unified_exec_tool: "unified_exec",
  memory_tool: "memories",
  request_permissions: "exec_permission_approvals",
  telepathy: "chronicle",
};

const webSearch = {
  flaw: "is deprecated because web search is enabled by default.",
  details: 'Set `web_search` to `"live"`, `"indexed"`, `"cached"`, or ' +
    '`"disabled"` at the top level (or under a profile) in config.toml if ' +
    "you want to override it.",
};

/**
 * What is said of names that nothing else took the place of, each with the key
 * that says where it stands among the others.
 */
const lapsedNames: Readonly<
  Record<string, { flaw: string; details: string; key?: string }>
> = {
  shell_zsh_fork: lapsedShell("shell_zsh_fork"),
  transcript_v2: {
    key: "features.transcript_v2",
    flaw: "is deprecated and ignored.",
    details: "Use `[tui].fullscreen_transcript` in config.toml instead.",
  },
  unified_exec_zsh_fork: lapsedShell("unified_exec_zsh_fork"),
  use_legacy_landlock: {
    key: "features.use_legacy_landlock",
    flaw: "is deprecated and will be removed soon.",
    details: "Remove this setting to stop opting into the legacy Linux " +
      "sandbox behavior.",
  },
  web_search: webSearch,
  web_search_cached: { ...webSearch, key: "features.web_search_cached" },
  web_search_request: { ...webSearch, key: "features.web_search_request" },
};

function lapsedShell(name: string): { flaw: string; details: string } {
  return {
    flaw: "is deprecated and ignored.",
    details: "The patched zsh backend has been removed. Shell commands now " +
      `use the standard shell executor. Remove \`${name}\` from [features] ` +
      "in config.toml or profile configuration files.",
  };
}

/** Where a configuration is from. */
export interface NoticeGround {
  /** Absolute path of `CODEX_HOME`, whose file can silence the warning. */
  readonly home: string;
  /** Features that were turned on or off while the server runs. */
  readonly switched: ReadonlySet<string>;
}

/**
 * What there is to say of the features that a configuration names. Earlier names
 * are told whether they turn something on or off.
 */
export function toFeatureNotices(
  config: Config,
  { home, switched }: NoticeGround,
): FeatureNotices {
  const named = config.get("features");
  const names = typeof named === "object" ? Object.keys(named) : [];
  const deprecations = [
    ...names.flatMap((name) => toDeprecation(name) ?? []),
    ...guardianNotices(config),
  ].sort((one, other) => one.key < other.key ? -1 : 1);
  const isSilent = config.get("suppress_unstable_features_warning") === true;
  const unfinished = unfinishedFeatures.filter((name) =>
    isFeatureOn(config, name) === true && !switched.has(name)
  ).sort();
  return {
    deprecations: deprecations.map(({ notice }) => notice),
    warning: isSilent || unfinished.length === 0
      ? null
      : `Under-development features enabled: ${unfinished.join(", ")}. ` +
        "Under-development features are incomplete and may behave " +
        "unpredictably. To suppress this warning, set " +
        `\`suppress_unstable_features_warning = true\` in ${home}/config.toml.`,
  };
}

/** A notice, and what it is sorted by. */
interface Sortable {
  readonly key: string;
  readonly notice: DeprecationNoticeNotification;
}

function toDeprecation(name: string): Sortable | undefined {
  const now = Object.hasOwn(earlierNames, name)
    ? earlierNames[name]
    : undefined;
  if (now !== undefined) {
    const summary = `\`[features].${name}\` is deprecated. Use ` +
      `\`[features].${now}\` instead.`;
    const details = `Enable it with \`--enable ${now}\` or ` +
      `\`[features].${now}\` in config.toml. See ` +
      "https://developers.openai.com/codex/config-basic#feature-flags for " +
      "details.";
    return { key: name, notice: { summary, details } };
  }
  if (!Object.hasOwn(lapsedNames, name)) return undefined;
  const { flaw, details, key = name } = lapsedNames[name]!;
  return {
    key,
    notice: { summary: `\`[features].${name}\` ${flaw}`, details },
  };
}

/** A setting of a feature that is out of use, though the feature is not. */
function guardianNotices(config: Config): Sortable[] {
  const key = "features.guardianv2.thread_context";
  if (config.get(key) === undefined) return [];
  return [{
    key,
    notice: {
      summary: "`[features.guardianv2].thread_context` is deprecated and " +
        "ignored.",
      details: "Thread-owned Guardian context is always enabled. Remove " +
        "`thread_context` from [features.guardianv2] in config.toml, " +
        "including profile overrides.",
    },
  }];
}
