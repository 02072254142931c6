import type { Config, ConfigValue } from "../config/mod.ts";
import type { AgentRole } from "../tools/mod.ts";

/** A role that the configuration adds. */
export interface ConfiguredRole extends AgentRole {
  /** File of settings for those who have it; null for none. */
  readonly configFile: string | null;
  /** Names for those who have it; none for the usual ones. */
  readonly nicknames: readonly string[];
}

/** Bounds of the agents below a thread. */
export interface AgentLimits {
  /** Steps from the first thread to the last that may have none. */
  readonly depth: number;
  /** How many there may be at a time below a first thread, done or not. */
  readonly count: number;
}

/** Roles that are there without any configuration. */
export const usualRoles: ReadonlySet<string> = new Set([
  "default",
  "explorer",
  "worker",
]);

/** Agents below a thread, if nobody says how many and how deep. */
const usualLimits: AgentLimits = { depth: 1, count: 6 };

/** The bounds that a configuration sets. */
export function readAgentLimits(config: Config): AgentLimits {
  const number = (key: string) => {
    const value = config.get(["agents", key]);
    return typeof value === "number" ? value : undefined;
  };
  return {
    depth: number("max_depth") ?? usualLimits.depth,
    count: number("max_concurrent_threads_per_session") ??
      number("max_threads") ?? usualLimits.count,
  };
}

/** Whether a configuration lets threads have agents. */
export function allowsAgents(config: Config): boolean {
  return config.get(["features", "multi_agent"]) !== false &&
    config.get(["agents", "enabled"]) !== false;
}

/** The roles that a configuration adds: the tables below `agents`. */
export function readRoles(config: Config): ConfiguredRole[] {
  const agents = config.get("agents");
  if (!isTable(agents)) return [];
  return Object.entries(agents).flatMap(([name, role]) => {
    if (!isTable(role)) return [];
    const { description, config_file, nickname_candidates } = role;
    return [{
      name,
      description: toText(description),
      configFile: toText(config_file),
      nicknames: Array.isArray(nickname_candidates)
        ? nickname_candidates.filter((one) => typeof one === "string")
        : [],
    }];
  });
}

function toText(value: ConfigValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function isTable(
  value: ConfigValue | undefined,
): value is { [key: string]: ConfigValue } {
  return typeof value === "object" && !Array.isArray(value);
}
