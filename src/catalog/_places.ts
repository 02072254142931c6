/** Room between neighbours of an ordered list, so that few moves renumber it. */
export const placeStep = 1_000_000;

/**
 * A place between two neighbours, either of which may be missing at an end;
 * undefined if there is no room left and the list must be renumbered.
 */
export function placeBetween(
  before: number | undefined,
  after: number | undefined,
): number | undefined {
  if (after === undefined) return (before ?? 0) + placeStep;
  const place = Math.floor(((before ?? 0) + after) / 2);
  return place > (before ?? 0) && place < after ? place : undefined;
}
