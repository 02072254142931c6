import type { Config, ConfigTable, ConfigValue } from "../config/mod.ts";
import { isAllowed } from "./_is_allowed.ts";
import type { PluginServer } from "./plugin_server.ts";
import type { HttpPlace, ProgramPlace } from "./server_place.ts";

/** When a person is asked before a tool is called. */
export type ApprovalMode = "auto" | "prompt" | "writes" | "approve";

/** An MCP server as it is configured. */
export interface ServerConfig {
  readonly name: string;
  readonly place: ProgramPlace | HttpPlace;
  /** The plugin that brings it; undefined if it is the user's. */
  readonly plugin: { readonly id: string; readonly name: string } | undefined;
  /** Whether an administrator keeps it off. */
  readonly isForbidden: boolean;
  readonly isEnabled: boolean;
  /** Whether no thread may start without it. */
  readonly isRequired: boolean;
  readonly startupTimeoutMs: number;
  readonly toolTimeoutMs: number;
  /** The only tools that are used; undefined for all. */
  readonly enabledTools: ReadonlySet<string> | undefined;
  readonly disabledTools: ReadonlySet<string>;
  /** For tools that have no mode of their own. */
  readonly approvalMode: ApprovalMode;
  readonly approvalModes: ReadonlyMap<string, ApprovalMode>;
  /** Whether its tools may be called side by side. */
  readonly isParallel: boolean;
}

const STARTUP_TIMEOUT_MS = 30_000;
const TOOL_TIMEOUT_MS = 300_000;

/**
 * The MCP servers of a configuration and those that plugins bring, by name. What
 * the user has set up stands before what a plugin calls the same.
 */
export function readServerConfigs(
  config: Config,
  brought: readonly PluginServer[] = [],
): ServerConfig[] {
  const servers = toTable(config.get("mcp_servers"));
  const own = Object.keys(servers).flatMap((name) =>
    toServerConfig(config, name, toTable(servers[name])) ?? []
  );
  const names = new Set(own.map(({ name }) => name));
  const others = brought.filter(({ name }) => !names.has(name)).flatMap(
    ({ name, table, pluginId, pluginName }) => {
      const all = {
        ...table as ConfigTable,
        ...toPolicy(config, pluginId, name),
      };
      const plugin = { id: pluginId, name: pluginName };
      return toServerConfig(config, name, all, plugin) ?? [];
    },
  );
  return [...own, ...others].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What the user says of a server that a plugin brings. */
function toPolicy(config: Config, plugin: string, name: string): ConfigTable {
  const said = toTable(config.get(["plugins", plugin, "mcp_servers", name]));
  return Object.fromEntries(
    Object.entries(said).filter(([key]) => policyKeys.has(key)),
  );
}

const policyKeys: ReadonlySet<string> = new Set([
  "enabled",
  "enabled_tools",
  "disabled_tools",
  "default_tools_approval_mode",
  "tools",
]);

/** Whether two configurations mean the same server, reached the same way. */
export function isSameServer(a: ServerConfig, b: ServerConfig): boolean {
  const text = (one: ServerConfig) =>
    JSON.stringify([one.place, one.isEnabled, one.startupTimeoutMs]);
  return text(a) === text(b);
}

/** Whether a tool of a server is to be used. */
export function isToolEnabled(
  { enabledTools, disabledTools }: ServerConfig,
  tool: string,
): boolean {
  return (enabledTools?.has(tool) ?? true) && !disabledTools.has(tool);
}

function toServerConfig(
  config: Config,
  name: string,
  table: ConfigTable,
  plugin?: ServerConfig["plugin"],
): ServerConfig | undefined {
  const place = toPlace(table);
  if (place === undefined) return undefined;
  const isForbidden = !isAllowed(config, { name, place, plugin });
  const startupMs = toNumber(table["startup_timeout_ms"]) ??
    toMs(table["startup_timeout_sec"]);
  const enabled = toTexts(table["enabled_tools"]);
  return {
    name,
    place,
    plugin,
    isForbidden,
    isEnabled: table["enabled"] !== false && !isForbidden,
    isRequired: table["required"] === true,
    startupTimeoutMs: startupMs ?? STARTUP_TIMEOUT_MS,
    toolTimeoutMs: toMs(table["tool_timeout_sec"]) ?? TOOL_TIMEOUT_MS,
    enabledTools: enabled && new Set(enabled),
    disabledTools: new Set(toTexts(table["disabled_tools"])),
    approvalMode: toMode(table["default_tools_approval_mode"]) ?? "auto",
    approvalModes: toModes(toTable(table["tools"])),
    isParallel: table["supports_parallel_tool_calls"] === true,
  };
}

function toPlace(table: ConfigTable): ServerConfig["place"] | undefined {
  const { command, url } = table;
  if (typeof command === "string") {
    return {
      kind: "program",
      command,
      args: toTexts(table["args"]) ?? [],
      cwd: toText(table["cwd"]),
      env: toTextMap(table["env"]),
      envNames: toVariableNames(table["env_vars"], false),
      remoteEnvNames: toVariableNames(table["env_vars"], true),
    };
  }
  if (typeof url !== "string") return undefined;
  return {
    kind: "http",
    url,
    bearerVariable: toText(table["bearer_token_env_var"]),
    headers: toTextMap(table["http_headers"]),
    variableHeaders: toTextMap(table["env_http_headers"]),
    scopes: toTexts(table["scopes"]),
    oauthResource: toText(table["oauth_resource"]),
  };
}

function toTable(value: ConfigValue | undefined): ConfigTable {
  // What a plugin says may hold null.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value
    : Object.create(null);
}

function toText(value: ConfigValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function toNumber(value: ConfigValue | undefined): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}

function toMs(value: ConfigValue | undefined): number | undefined {
  const seconds = toNumber(value);
  return seconds === undefined ? undefined : seconds * 1000;
}

function toTexts(value: ConfigValue | undefined): string[] | undefined {
  return Array.isArray(value)
    ? value.filter((one) => typeof one === "string")
    : undefined;
}

function toTextMap(value: ConfigValue | undefined): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, one] of Object.entries(toTable(value))) {
    if (typeof one === "string") texts[name] = one;
  }
  return texts;
}

/** A name each, or a table with one and where it is from. */
function toVariableNames(
  value: ConfigValue | undefined,
  isRemote: boolean,
): string[] {
  return (Array.isArray(value) ? value : []).flatMap((one) => {
    const { name, source } = typeof one === "string"
      ? { name: one, source: undefined }
      : toTable(one);
    return (source === "remote") === isRemote ? toText(name) ?? [] : [];
  });
}

function toMode(value: ConfigValue | undefined): ApprovalMode | undefined {
  return value === "auto" || value === "prompt" || value === "writes" ||
      value === "approve"
    ? value
    : undefined;
}

function toModes(tools: ConfigTable): Map<string, ApprovalMode> {
  return new Map(
    Object.entries(tools).flatMap(([name, tool]) => {
      const mode = toMode(toTable(tool)["approval_mode"]);
      return mode === undefined ? [] : [[name, mode] as const];
    }),
  );
}
