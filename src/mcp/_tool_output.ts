import type { ModelFacts, ResponseOutput } from "../model/mod.ts";
import type { JsonValue, McpToolCallResult } from "../protocol/mod.ts";
import {
  isImageUrl,
  type OutputBudget,
  shorten,
  toBudget,
} from "../tools/mod.ts";
import type { CallResult } from "./caller.ts";

/** Characters of a result, as JSON, that are kept and shown. */
const MAX_RESULT_CHARACTERS = 1024 * 1024;

/** What is shown and kept of a result: all of it, unless it is huge. */
export function toShownResult(result: CallResult): McpToolCallResult {
  const whole: McpToolCallResult = {
    content: result.content.map(withoutSound),
    structuredContent: result.structuredContent ?? null,
    _meta: result._meta ?? null,
  };
  const text = JSON.stringify(whole);
  if (text.length <= MAX_RESULT_CHARACTERS) return whole;
  const half = MAX_RESULT_CHARACTERS / 2;
  const cut = text.length - MAX_RESULT_CHARACTERS;
  return {
    content: [{
      type: "text",
      text:
        `The result is too large to be kept: ${text.length} characters\n\n` +
        `${text.slice(0, half)}…${cut} characters omitted…${text.slice(-half)}`,
    }],
    structuredContent: null,
    _meta: null,
  };
}

/** What a model reads of a result. */
export function toOutput(
  { content, structuredContent }: CallResult,
  wallMs: number,
  facts: ModelFacts,
): ResponseOutput {
  const head = `Wall time: ${(wallMs / 1000).toFixed(4)} seconds\nOutput:`;
  const budget = toBudget(facts, Infinity);
  if (structuredContent != null) {
    return `${head}\n${shorten(JSON.stringify(structuredContent), budget)}`;
  }
  return [
    { type: "input_text", text: head },
    ...toParts(content.map(withoutSound), budget),
  ];
}

/** The same of a call that came to nothing. */
export function toFailedOutput(reason: string, wallMs: number): ResponseOutput {
  const head = `Wall time: ${(wallMs / 1000).toFixed(4)} seconds\nOutput:`;
  return [
    { type: "input_text", text: head },
    { type: "input_text", text: reason },
  ];
}

function toParts(
  content: readonly JsonValue[],
  { tokens, unit }: OutputBudget,
): Exclude<ResponseOutput, string> {
  const parts: Exclude<ResponseOutput, string> = [];
  let left = tokens;
  for (const [at, piece] of content.entries()) {
    const { type, text, data, mimeType } = (piece ?? {}) as Piece;
    if (
      type === "image" && typeof data === "string" &&
      typeof mimeType === "string" && mimeType.startsWith("image/")
    ) {
      const image_url = `data:${mimeType};base64,${data}`;
      // A model that can't read one picture refuses the whole conversation.
      parts.push(
        isImageUrl(image_url)
          ? { type: "input_image", image_url, detail: "high" }
          : {
            type: "input_text",
            text: "A picture that can't be read is left out.",
          },
      );
      continue;
    }
    if (left <= 0) {
      const missing = `…${content.length - at} more pieces omitted…`;
      parts.push({ type: "input_text", text: missing });
      break;
    }
    const whole = type === "text" && typeof text === "string"
      ? text
      : JSON.stringify(piece);
    const shown = shorten(whole, { tokens: left, unit });
    left -= Math.ceil(shown.length / CHARACTERS_PER_TOKEN);
    parts.push({ type: "input_text", text: shown });
  }
  return parts;
}

/** Nobody listens here: sound would only fill the thread. */
function withoutSound(piece: JsonValue): JsonValue {
  return (piece as Piece | null)?.type === "audio"
    ? { type: "text", text: "Sound is left out: nobody here can hear it." }
    : piece;
}

/** What a token is taken for where nobody counts them. */
const CHARACTERS_PER_TOKEN = 4;

interface Piece {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly data?: unknown;
  readonly mimeType?: unknown;
}
