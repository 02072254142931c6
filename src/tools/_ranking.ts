/** How soon more of the same word stops to count. */
const saturation = 1.2;
/** How much the length of a text counts. */
const lengthWeight = 0.75;

/** A text as the words that it is found by. */
interface Document {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/**
 * Which of `texts` fit a query best, by Okapi BM25; those that have none of its
 * words are left out, and of two that fit alike the earlier one comes first.
 *
 * @returns Indices into `texts`, the best one first.
 */
export function rank(texts: readonly string[], query: string): number[] {
  const documents = texts.map(toDocument);
  const total = documents.reduce((sum, { length }) => sum + length, 0);
  const averageLength = total / Math.max(1, documents.length);
  const scores = new Array<number>(documents.length).fill(0);
  for (const word of new Set(toWords(query))) {
    const having = documents.filter(({ counts }) => counts.has(word)).length;
    const rarity = Math.log(
      1 + (documents.length - having + 0.5) / (having + 0.5),
    );
    documents.forEach(({ counts, length }, index) => {
      const count = counts.get(word) ?? 0;
      const relativeLength = length / averageLength;
      const damping = saturation *
        (1 - lengthWeight + lengthWeight * relativeLength);
      const share = count === 0 ? 0 : count / (count + damping);
      scores[index]! += rarity * share * (saturation + 1);
    });
  }
  return scores
    .map((score, index) => ({ score, index }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index }) => index);
}

function toDocument(text: string): Document {
  const words = toWords(text);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, length: words.length };
}

/** Words in lower case; names are cut where their parts meet. */
function toWords(text: string): string[] {
  return text
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];
}
