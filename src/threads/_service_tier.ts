/** Tiers that every model takes. */
const commonTiers: readonly string[] = ["default", "flex"];

/**
 * A wish as models know it: `fast` is what people call one of the tiers, and
 * who wishes for none gets the default one.
 */
export function toTier(wish: string | null | undefined): string | undefined {
  if (wish === null) return "default";
  return wish === "fast" ? "priority" : wish;
}

/** The tier, if the model has it. */
export function toKnownTier(
  tier: string | undefined,
  known: readonly string[],
): string | null {
  if (tier === undefined) return null;
  return commonTiers.includes(tier) || known.includes(tier) ? tier : null;
}
