import type { LinePeer } from "../../kit/line_peer.ts";
import { type BadRequest, PLACE } from "./bad_requests.ts";

/** What a server made of the requests. */
export interface Outcome {
  /** Its answers by method and label; the directory is `PLACE` in them. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Requests that got no answer in time, or more than one. */
  readonly faults: readonly string[];
}

/** A response without its id. */
export interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** How long an answer may take. */
const ANSWER_MS = 60_000;

/**
 * Sends the requests one after the other, and looks whether the server still
 * answers afterwards.
 *
 * @param place The directory that requests may touch.
 */
export async function play(
  peer: LinePeer,
  requests: Iterable<BadRequest>,
  { place }: { readonly place: string },
): Promise<Outcome> {
  const answers = new Map<string, Answer>();
  const faults: string[] = [];
  const seen = new Map<unknown, number>();
  const waiting = new Map<unknown, (answer: Answer) => void>();
  const read = async (): Promise<void> => {
    for (let raw; (raw = await peer.message()) !== undefined;) {
      const text = new TextDecoder().decode(raw).replaceAll(place, PLACE);
      const { id, method, ...answer } = JSON.parse(text);
      if (method !== undefined) continue;
      seen.set(id, (seen.get(id) ?? 0) + 1);
      waiting.get(id)?.(answer);
    }
  };
  const reading = read().catch(() => {});
  let next = 0;
  const ask = async (
    method: string,
    params: string | undefined,
  ): Promise<Answer | undefined> => {
    const id = next++;
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    waiting.set(id, resolve);
    const timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    const rest = params === undefined ? "" : `,"params":${params}`;
    await peer.send(`{"id":${id},"method":${JSON.stringify(method)}${rest}}`);
    const answer = await promise;
    clearTimeout(timer);
    waiting.delete(id);
    return answer;
  };
  await ask(
    "initialize",
    '{"clientInfo":{"name":"bad_input","version":"1"},' +
      '"capabilities":{"experimentalApi":true}}',
  );
  for (const { method, label, params } of requests) {
    const name = `${method} ${label}`;
    const answer = await ask(method, params?.replaceAll(PLACE, place));
    if (answer === undefined) faults.push(`${name}: no answer`);
    else answers.set(name, answer);
  }
  const last = await ask("fs/getMetadata", JSON.stringify({ path: place }));
  if (last?.result === undefined) faults.push("the server answers no more");
  await peer.end();
  await reading;
  for (const [id, count] of seen) {
    if (count > 1) faults.push(`request ${id}: ${count} answers`);
  }
  return { answers, faults };
}
