const BACKSLASH = 92;

/**
 * Index of the quote that ends the JSON string which begins at `open`, or the
 * length of the text if nothing ends it.
 */
export function endOfString(text: string, open: number): number {
  for (let from = open + 1;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return quote;
    from = quote + 1;
  }
}
