/** The name that was probably meant: one that goes on, or the nearest. */
export function findSimilar(
  text: string,
  names: readonly string[],
): string | undefined {
  const longer = names.find((name) => name.startsWith(text));
  if (longer !== undefined) return longer;
  const [best] = names
    .map((name) => ({ name, distance: toDistance(text, name) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= text.length / 4
    ? best.name
    : undefined;
}

/** Levenshtein distance. */
function toDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
