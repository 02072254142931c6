import type { SkillErrorInfo, SkillMetadata } from "../protocol/mod.ts";

/** A skill, and what the room itself has to know of it. */
export interface Skill {
  /** As clients see it. */
  readonly told: SkillMetadata;
  /** Directory of skills that it was found in. */
  readonly root: string;
  /** Whether models are told of it without being asked to use it. */
  readonly isImplicit: boolean;
}

/** The skills of a directory that somebody works in. */
export interface SkillListing {
  /** Those of the repository first; then by name. */
  readonly skills: readonly Skill[];
  readonly errors: readonly SkillErrorInfo[];
}
