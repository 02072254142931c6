/** How many characters of a value stand in an error text. */
const shownCharacters = 60;

/** Names of fields whose values are contents or secrets. */
const privateNames =
  /base64$|token(?!Budget)|secret|passw|passphrase|credential|api_?key|authorization|cookie|^env$|^headers$/i;

/** Values that look like keys, whatever the field is called. */
const privateValues = [
  /^(?:sk|pk|rk|gh[opsu]|github_pat|xox[a-z]|glpat|AKIA|eyJ)[-_A-Za-z0-9]{8}/,
  /^(?:Bearer|Basic)\s/i,
  // Long and without a word: a digest, a key, base64.
  /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+_=-]{32,}/,
  /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/=]{40,}/,
];
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether what stands under this name must not be shown. */
export function isPrivateName(name: string): boolean {
  return privateNames.test(name);
}

/** A value for an error text: its kind and, if short and harmless, itself. */
export function shown(value: unknown, isPrivate: boolean): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "sequence";
  if (typeof value === "object") return "map";
  if (typeof value === "string") {
    return isPrivate ? "string" : `string ${quote(value, false)}`;
  }
  const kind = kindOf(value);
  return isPrivate ? kind : `${kind} \`${value}\``;
}

function kindOf(value: unknown): string {
  if (typeof value === "boolean") return "boolean";
  return Number.isInteger(value) && (value as number) < 2 ** 64 &&
      (value as number) >= -(2 ** 63)
    ? "integer"
    : "floating point";
}

/**
 * A string between marks, shortened, or only its length if it is or looks
 * secret.
 */
export function quote(text: string, isPrivate: boolean, mark = '"'): string {
  const head = text.slice(0, shownCharacters);
  const looksSecret = !uuid.test(text) &&
    privateValues.some((each) => each.test(head));
  if (isPrivate || looksSecret) {
    return `${mark}…${mark} (${text.length} characters, not shown)`;
  }
  const inner = JSON.stringify(head.toWellFormed()).slice(1, -1);
  const bare = mark === '"' ? inner : inner.replaceAll('\\"', '"');
  return text.length <= shownCharacters
    ? mark + bare + mark
    : `${mark}${bare}…${mark} (${text.length} characters)`;
}
