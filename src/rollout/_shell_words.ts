const PLAIN = /^[\w+\-./:@\]]+$/;
const UNSAFE_IN_DOUBLE_QUOTES = /["$`\\!^]/;

/** A command line that a POSIX shell reads back as the same words. */
export function joinWords(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/**
 * The words of a command line that {@linkcode joinWords} made; the line itself
 * for one with anything else in it that a shell would act on.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = line.indexOf(char, at + 1);
      const quoted = line.slice(at + 1, end);
      if (end < 0 || (char === '"' && UNSAFE_IN_DOUBLE_QUOTES.test(quoted))) {
        return [line];
      }
      word = (word ?? "") + quoted;
      at = end;
    } else if (PLAIN.test(char)) word = (word ?? "") + char;
    else return [line];
  }
  if (word !== undefined) words.push(word);
  return words;
}

function quote(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!word.includes("'")) return `'${word}'`;
  if (!UNSAFE_IN_DOUBLE_QUOTES.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}
