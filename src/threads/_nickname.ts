import type { Thread } from "./thread.ts";

/** Names that people can tell apart. */
const usualNames = [
  "Ash",
  "Aspen",
  "Birch",
  "Cedar",
  "Clover",
  "Fern",
  "Hazel",
  "Heather",
  "Holly",
  "Iris",
  "Ivy",
  "Jasmine",
  "Juniper",
  "Laurel",
  "Lily",
  "Linden",
  "Maple",
  "Myrtle",
  "Olive",
  "Poppy",
  "Rowan",
  "Sage",
  "Sorrel",
  "Willow",
] as const;

/** A name for an agent that none of the others has now. */
export function toNickname(
  others: readonly Thread[],
  candidates: readonly string[],
): string {
  const names = candidates.length > 0 ? candidates : usualNames;
  const taken = new Set(others.map(({ view }) => view.agentNickname));
  for (let round = 1;; round++) {
    const free = names
      .map((name) => round === 1 ? name : `${name} ${round}`)
      .filter((name) => !taken.has(name));
    // Any of them: one who was closed should not seem to be back.
    const name = free[Math.floor(Math.random() * free.length)];
    if (name !== undefined) return name;
  }
}
