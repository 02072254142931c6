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

/** Who is to be asked in a tier. */
interface TierGround {
  readonly model: string;
  /** Tiers that it has. */
  readonly known: readonly string[];
  /** Told if it has not the one that is wanted, in words for users. */
  readonly onOmission?: ((message: string) => void) | undefined;
}

/** The tier, if the model has it. */
export function toKnownTier(
  tier: string | undefined,
  { model, known, onOmission }: TierGround,
): string | null {
  if (tier === undefined) return null;
  if (commonTiers.includes(tier) || known.includes(tier)) return tier;
  onOmission?.(
    `Configured service tier \`${tier}\` is not advertised as supported for ` +
      `model \`${model}\` and will be omitted from requests.`,
  );
  return null;
}
