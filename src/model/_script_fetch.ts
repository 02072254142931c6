import { decodeScript, ScriptError } from "./_decode_script.ts";
import { playResponse } from "./_play_response.ts";
import type { Script, ScriptedMatch, ScriptedResponse } from "./_script.ts";
import type { Clock } from "./clock.ts";
import type { Fetch } from "./fetch.ts";
import type { Scripts } from "./scripts.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Answers requests out of a script in place of a server: as bytes of the same
 * stream, so that all that is behind it is what runs with a real model. The
 * script is read anew for every request; one that was changed begins anew.
 *
 * @param baseUrl `script:` and the absolute path of a file.
 */
export function createScriptFetch(
  baseUrl: string,
  { scripts, clock }: { readonly scripts: Scripts; readonly clock: Clock },
): Fetch {
  return async (_url, init) => {
    const signal = init.signal ?? new AbortController().signal;
    const path = toPath(baseUrl);
    let text: string;
    let script: Script;
    try {
      text = await Deno.readTextFile(path, { signal });
      script = decodeScript(text);
    } catch (error) {
      signal.throwIfAborted();
      return refuse(`Script "${path}": ${toReason(error)}`);
    }
    const body = new TextDecoder().decode(init.body as Uint8Array<ArrayBuffer>);
    const request = JSON.parse(body);
    const follower = script.scope === "server"
      ? ""
      : new Headers(init.headers).get("thread-id") ??
        request.prompt_cache_key;
    const playing = scripts.find(path, follower, text);
    const index = script.responses.findIndex((response, at) =>
      (playing.given[at] ?? 0) < toTimes(response) &&
      (response.when === undefined || fits(response.when, request, body))
    );
    const response = script.responses[index];
    if (response === undefined) {
      return refuse(
        `Script "${path}" has no response left for this request: ` +
          `${playing.total} were given, of ${script.responses.length} entries`,
      );
    }
    playing.given[index] = (playing.given[index] ?? 0) + 1;
    const number = ++playing.total;
    if (response.waitMs !== undefined) {
      await clock.delay(response.waitMs, { signal });
    }
    return playResponse(response, { number, clock, signal });
  };
}

function toPath(baseUrl: string): string {
  return decodeURIComponent(new URL(baseUrl).pathname);
}

function toTimes({ repeat }: ScriptedResponse): number {
  return repeat === true ? Infinity : repeat ?? 1;
}

function toReason(error: unknown): string {
  if (error instanceof ScriptError) return error.message;
  if (error instanceof Deno.errors.NotFound) return "no such file";
  return error instanceof Error ? error.message : String(error);
}

/** A clear answer that nobody repeats. */
function refuse(message: string): Response {
  return new Response(message, { status: 400 });
}

function fits(match: ScriptedMatch, request: Fields, body: string): boolean {
  const input = request["input"] as Fields[];
  const last = input.at(-1);
  const includes = (text: string, part: string | undefined): boolean =>
    part === undefined || text.includes(part);
  return includes(body, match.body) &&
    (match.model === undefined || request["model"] === match.model) &&
    (match.answers === undefined || last?.["call_id"] === match.answers) &&
    includes(toText(last?.["output"]), match.output) &&
    (match.user === undefined || toUserText(input).includes(match.user));
}

function toUserText(input: readonly Fields[]): string {
  const message = input.findLast(({ role }) => role === "user");
  return toText(message?.["content"]);
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  return value.map((part) => part?.text ?? "").join("\n");
}
