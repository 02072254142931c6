/** What stands in place of a secret. */
const mask = "[REDACTED]";

/** Shorter ones are more likely words of the text than secrets in it. */
const minChars = 8;

/**
 * A text without the secrets that whoever wrote it was given: proxies repeat
 * what they refuse, and what a provider says stands in logs and in threads.
 *
 * @param credentials Values of headers, with or without a scheme such as
 * `Bearer`.
 */
export function conceal(text: string, credentials: readonly string[]): string {
  let concealed = text;
  for (const credential of credentials) {
    const secret = credential.replace(/^\S+ /, "");
    if (secret.length < minChars) continue;
    concealed = concealed.replaceAll(secret, mask);
  }
  return concealed;
}
