/** Milliseconds that an authorization server has for one answer. */
const TIMEOUT_MS = 10_000;
/** Most bytes of one. */
const MAX_BYTES = 1024 * 1024;

/**
 * Fetches what is small, whole: whoever asks may leave it unread, and nobody can
 * make a login wait for ever.
 *
 * @throws {RangeError} if it is not small.
 * @throws {unknown} as `fetch` does.
 */
export async function wholeFetch(
  url: string | URL,
  init: RequestInit = {},
): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal
    ? AbortSignal.any([init.signal, timeout])
    : timeout;
  return await toWhole(await fetch(url, { ...init, signal }));
}

/**
 * The same response, read to its end.
 *
 * @throws {RangeError} if it is not small.
 */
export async function toWhole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const bytes = await readAll(response);
  const whole = new Response(bytes, { status, statusText, headers });
  // Where it came from decides which redirects are followed.
  Object.defineProperty(whole, "url", { value: response.url });
  return whole;
}

async function readAll(
  { body }: Response,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > MAX_BYTES) {
      throw new RangeError(`A response of more than ${MAX_BYTES} bytes`);
    }
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
