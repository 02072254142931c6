import type { Config } from "../config/mod.ts";

/** What commands find so that their output is plain and they wait for nobody. */
const plain = {
  CODEX_CI: "1",
  NO_COLOR: "1",
  TERM: "dumb",
  COLORTERM: "",
  LANG: "C.UTF-8",
  LC_CTYPE: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GH_PAGER: "cat",
} as const;

/** What is left of an environment that is inherited only in its core. */
const core: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "SHELL",
  "USER",
  "LOGNAME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
]);

/** Names that look as if their values were nobody's business. */
const secrets = ["*KEY*", "*SECRET*", "*TOKEN*"];

/** Who a command belongs to. */
export interface CommandOwner {
  readonly threadId: string;
  readonly callId: string;
}

/** Which variables of another machine the commands of a model find there. */
export interface VariablePolicy {
  readonly inherit: "all" | "core" | "none";
  /** Whether variables that look like secrets stay. */
  readonly ignoreDefaultExcludes: boolean;
  /** Patterns of those that go. */
  readonly exclude: readonly string[];
  /** Those that are set. */
  readonly set: Readonly<Record<string, string>>;
  /** Patterns of those that may stay; empty for all. */
  readonly includeOnly: readonly string[];
}

/** Variables of a server that are about itself, not about its commands. */
const own = [
  "CODEX_PERMISSION_PROFILE",
  "CODEX_VERSION",
  "CODEX_APPLY_PATCH_PRESERVE_LINE_ENDINGS",
  "CODEX_PLUGIN_METRICS_OUTPUT",
];

/** The same policy for a machine whose variables are not known here. */
export function toVariablePolicy(config: Config): VariablePolicy {
  const of = (key: string) => config.get(["shell_environment_policy", key]);
  const inherit = of("inherit");
  const set = of("set");
  const entries = typeof set === "object" && !Array.isArray(set)
    ? Object.entries(set)
    : [];
  return {
    inherit: inherit === "core" || inherit === "none" ? inherit : "all",
    ignoreDefaultExcludes: of("ignore_default_excludes") !== false,
    exclude: [...toTexts(of("exclude")), ...own],
    set: Object.fromEntries(
      entries.flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value]] : []
      ),
    ),
    includeOnly: toTexts(of("include_only")),
  };
}

/**
 * What is changed in the server's environment for the commands of a model, as
 * `shell_environment_policy` of the configuration says.
 */
export function toShellEnvironment(
  config: Config,
  server: Readonly<Record<string, string>>,
  { threadId, callId }: CommandOwner,
): Record<string, string | null> {
  const of = (key: string) => config.get(["shell_environment_policy", key]);
  const inherit = of("inherit");
  const excluded = toPatterns([
    ...of("ignore_default_excludes") === false ? secrets : [],
    ...toTexts(of("exclude")),
  ]);
  const only = toTexts(of("include_only"));
  const included = toPatterns(only);
  const isKept = (name: string) =>
    only.length === 0 || included.some((one) => one.test(name));
  const changes: Record<string, string | null> = {};
  for (const name of Object.keys(server)) {
    const isInherited = inherit === "none"
      ? false
      : inherit === "core"
      ? core.has(name.toUpperCase())
      : true;
    const isGone = !isInherited || excluded.some((one) => one.test(name)) ||
      !isKept(name);
    if (isGone) changes[name] = null;
  }
  const set = of("set");
  if (typeof set === "object" && !Array.isArray(set)) {
    for (const [name, value] of Object.entries(set)) {
      if (typeof value === "string" && isKept(name)) changes[name] = value;
    }
  }
  return { ...changes, ...toOwnVariables({ threadId, callId }) };
}

/** What every command finds, wherever it runs. */
export function toOwnVariables(
  { threadId, callId }: CommandOwner,
): Record<string, string> {
  return {
    ...plain,
    CODEX_THREAD_ID: threadId,
    CODEX_SESSION_ID: threadId,
    CODEX_TOOL_CALL_ID: callId,
  };
}

function toTexts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((one) => typeof one === "string")
    : [];
}

/** Patterns of names: `*` for anything, `?` for one letter; case is ignored. */
function toPatterns(globs: readonly string[]): RegExp[] {
  return globs.map((glob) => {
    const source = glob.replaceAll(/[^*?]+/g, (text) => RegExp.escape(text))
      .replaceAll("*", ".*").replaceAll("?", ".");
    return new RegExp(`^${source}$`, "i");
  });
}
