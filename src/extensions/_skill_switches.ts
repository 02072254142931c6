import type { Config, ConfigTable } from "../config/mod.ts";
import type { SkillMetadata } from "../protocol/mod.ts";
import { normalize } from "./_paths.ts";

/** Which skills a switch is for. */
export interface SkillSelector {
  readonly key: "path" | "name";
  readonly value: string;
}

/** What is said of which skills; a path may lead there by links. */
export interface SaidSelector {
  readonly path?: unknown;
  readonly name?: unknown;
}

/**
 * Which skills are meant: those of a name, or the one of a file.
 *
 * @returns Undefined unless exactly one of path and name says which.
 */
export function toSelector(
  { path, name }: SaidSelector,
): SkillSelector | undefined {
  const byName = typeof name === "string" ? name.trim() : "";
  if (typeof path === "string") {
    return byName === ""
      ? { key: "path", value: toReal(normalize(path)) }
      : undefined;
  }
  return byName === "" ? undefined : { key: "name", value: byName };
}

/** Whether two of them mean the same skills. */
export function isSameSelector(
  a: SkillSelector | undefined,
  b: SkillSelector,
): boolean {
  return a?.key === b.key && a.value === b.value;
}

/** What the configuration says of single skills. */
export function toSwitches(config: Config): ConfigTable[] {
  const value = config.get("skills.config");
  return Array.isArray(value)
    ? value.filter((entry): entry is ConfigTable =>
      typeof entry === "object" && !Array.isArray(entry)
    )
    : [];
}

/** Tells whether a skill is on; the last entry for it decides. */
export function toIsOn(
  config: Config,
): (skill: Pick<SkillMetadata, "name" | "path">) => boolean {
  const switches = toSwitches(config).flatMap((entry) => {
    const selector = toSelector(entry);
    return selector === undefined ? [] : [{ selector, entry }];
  });
  return (skill) =>
    switches.findLast(({ selector: { key, value } }) => skill[key] === value)
      ?.entry.enabled !== false;
}

/** Where links lead; the path itself if there is nothing. */
function toReal(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
