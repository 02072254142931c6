import { toObject } from "./_place.ts";

/** Most characters of what a tool was given. */
const MAX_INPUT = 2000;

/** Most characters of what a tool answered. */
const MAX_RESULT = 4000;

/** What one line of a session says. */
export interface Words {
  readonly text: string;
  /** Whether it is nothing but what tools answered. */
  readonly isResult: boolean;
}

/** The content of a message in words; nothing if there are none. */
export function toWords(content: unknown): Words | undefined {
  if (typeof content === "string") {
    return content.trim() === ""
      ? undefined
      : { text: content, isResult: false };
  }
  if (!Array.isArray(content)) return undefined;
  const parts: string[] = [];
  let isResult = true;
  for (const value of content) {
    const block = toObject(value);
    const text = block && toText(block);
    if (text === undefined) continue;
    parts.push(text);
    isResult &&= block?.type === "tool_result";
  }
  return parts.length === 0
    ? undefined
    : { text: parts.join("\n\n"), isResult };
}

/** The first characters of a text, with three dots if there are more. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = [...text];
  return characters.length <= max
    ? text
    : `${characters.slice(0, max - 3).join("")}...`;
}

/** A part of a message; nothing for what is not said to anybody. */
function toText(block: Record<string, unknown>): string | undefined {
  const { type, text } = block;
  switch (type) {
    case "text":
      return typeof text === "string" && text.trim() !== "" ? text : undefined;
    case "thinking":
      return undefined;
    case "tool_use":
      return toCall(block);
    case "tool_result":
      return toResult(block);
    default:
      return typeof type === "string"
        ? `[external unsupported block: ${type}]`
        : undefined;
  }
}

function toCall({ name, input }: Record<string, unknown>): string {
  const { description, command, file_path: file } = toObject(input) ?? {};
  const known = Object.entries({ description, command, file })
    .filter(([, value]) => typeof value === "string")
    .map(([key, value]) => `${key}: ${value}`);
  const rest = known.length === 0 && input !== undefined
    ? [`input: ${shorten(JSON.stringify(input), MAX_INPUT)}`]
    : [];
  return [
    `[external_agent_tool_call: ${
      typeof name === "string" ? name : "unknown"
    }]`,
    ...known,
    ...rest,
    "[/external_agent_tool_call]",
  ].join("\n");
}

function toResult(block: Record<string, unknown>): string {
  const { content, is_error: isError } = block;
  const texts = Array.isArray(content)
    ? content.map((part) => toObject(part)?.text)
    : [content];
  const text = texts
    .filter((one): one is string => typeof one === "string" && one !== "")
    .join("\n");
  return [
    `[external_agent_tool_result${isError === true ? ": error" : ""}]`,
    ...text === "" ? [] : [shorten(text, MAX_RESULT)],
    "[/external_agent_tool_result]",
  ].join("\n");
}
