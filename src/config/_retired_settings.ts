import type { ConfigWarningNotification } from "../protocol/mod.ts";
import type { Layer } from "./_layer.ts";
import { isTable, type TomlValue } from "./toml.ts";

/** What is said of settings that are out of use, where a file names them. */
export interface RetiredSettings {
  /** Comes before what is said of keys that nobody knows. */
  readonly before: readonly ConfigWarningNotification[];
  /** Comes behind. */
  readonly behind: readonly ConfigWarningNotification[];
}

/** Tells people of settings in their files that are out of use. */
export function findRetired(layers: readonly Layer[]): RetiredSettings {
  const files = layers.filter(({ file, disabledReason }) =>
    file !== undefined && disabledReason === undefined
  );
  const names = (...path: string[]): boolean =>
    files.some(({ table }) => has(table, path));
  const told = (isNamed: boolean, summary: string) =>
    isNamed ? [{ summary, details: null }] : [];
  return {
    before: told(
      names("features", "multi_agent"),
      "`[features].multi_agent` is deprecated. It still controls the V1 " +
        "fallback. `[agents].enabled = false` disables subagent tools even " +
        "when the model selects a subagent version, unless " +
        "`[features].multi_agent_v2` is enabled.",
    ),
    behind: told(
      names("features", "guardianv2", "async_classifier_mode"),
      "`[features.guardianv2].async_classifier_mode` is deprecated and " +
        "ignored. Async classification always uses conversations; remove this " +
        "setting from config.toml or profile configuration files.",
    ),
  };
}

function has(
  table: TomlValue | undefined,
  [key, ...rest]: readonly string[],
): boolean {
  if (key === undefined) return true;
  return isTable(table) && Object.hasOwn(table, key) && has(table[key], rest);
}
