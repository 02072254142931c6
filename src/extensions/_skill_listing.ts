import type { Config, ConfigTable, ConfigValue } from "../config/mod.ts";
import type { SkillErrorInfo, SkillMetadata } from "../protocol/mod.ts";
import type { Skill, SkillListing } from "./skill.ts";

/** What was found in a place. */
export interface Found {
  readonly skills: readonly Skill[];
  readonly errors: readonly SkillErrorInfo[];
}

const ranks = { repo: 0, user: 1, system: 2, admin: 3 } as const;

/** Each skill once, in order, on or off. */
export function toListing(
  found: readonly Found[],
  config: Config,
): SkillListing {
  const seen = new Set<string>();
  const skills = found.flatMap((one) => one.skills).filter(({ told }) => {
    if (seen.has(told.path)) return false;
    seen.add(told.path);
    return true;
  });
  const isOn = toSwitch(config.get("skills.config"));
  const listed = skills
    .map((skill) =>
      isOn(skill.told)
        ? skill
        : { ...skill, told: { ...skill.told, enabled: false } }
    )
    .sort(compare);
  const errors = new Map(
    found.flatMap((one) => one.errors).map((error) => [error.path, error]),
  );
  return {
    skills: listed,
    errors: [...errors.values()].sort((a, b) => order(a.path, b.path)),
  };
}

function compare({ told: a }: Skill, { told: b }: Skill): number {
  return ranks[a.scope] - ranks[b.scope] || order(a.name, b.name) ||
    order(a.path, b.path);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What the configuration says of single skills. */
export function toEntries(value: ConfigValue | undefined): ConfigTable[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is ConfigTable =>
      typeof entry === "object" && !Array.isArray(entry)
    )
    : [];
}

/** Whether a skill is on; the last entry for it decides. */
function toSwitch(
  value: ConfigValue | undefined,
): (skill: SkillMetadata) => boolean {
  const entries = toEntries(value);
  return ({ name, path }) =>
    entries.findLast((entry) =>
      entry.path === path || entry.path === undefined && entry.name === name
    )?.enabled !== false;
}
