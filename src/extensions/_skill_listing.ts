import type { Config } from "../config/mod.ts";
import type { SkillErrorInfo } from "../protocol/mod.ts";
import { toIsOn } from "./_skill_switches.ts";
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
  const isOn = toIsOn(config);
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
