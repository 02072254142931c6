/** Characters of what a server says of a failure that are told. */
const MAX_CHARACTERS = 1000;
/** Shorter ones are more likely words of the text than secrets in it. */
const MIN_SECRET_CHARACTERS = 8;

/**
 * What a server answers in place of success, as it may be told: it ends up in
 * logs and with every client. Proxies answer with whole pages, and some repeat
 * what they refuse.
 *
 * @param sent Headers that the request had; their values are secrets.
 */
export async function toToldFailure(
  response: Response,
  sent: Headers,
): Promise<Response> {
  const { status, statusText, headers, url } = response;
  let text = await response.text();
  for (const value of sent.values()) {
    const secret = value.replace(/^\S+ /, "");
    if (secret.length < MIN_SECRET_CHARACTERS) continue;
    text = text.replaceAll(secret, "[REDACTED]");
  }
  const shown = text.length <= MAX_CHARACTERS
    ? text
    : `${text.slice(0, MAX_CHARACTERS)}…`;
  // Some statuses must not have a body at all.
  const told = new Response(shown === "" ? null : shown, {
    status,
    statusText,
    headers,
  });
  // Where it came from decides which redirects are followed.
  Object.defineProperty(told, "url", { value: url });
  return told;
}
