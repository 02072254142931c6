/** The id under which ChatGPT knows programs of this kind. */
export const clientId = "app_EMoamEEZ73f0CkXaXp7hrann";

/** Something that must not be known to others until it is used (RFC 7636). */
export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

/** Makes one. */
export async function createPkce(): Promise<Pkce> {
  const verifier = toRandomText(64);
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(verifier),
  );
  return { verifier, challenge: toBase64Url(new Uint8Array(digest)) };
}

/** Random bytes as text that can stand in an address. */
export function toRandomText(bytes: number): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
