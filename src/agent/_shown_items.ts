import type {
  ResponseMessage,
  ResponseReasoning,
  ResponseWebSearchCall,
} from "../model/mod.ts";
import type {
  ReasoningItem,
  WebSearchAction,
  WebSearchItem,
} from "../protocol/mod.ts";

/** The text of a message, as far as what came in is one. */
export function toMessageText(message: ResponseMessage): string {
  if (!Array.isArray(message.content)) return "";
  return message.content
    .map((part) => part?.type === "output_text" ? text(part.text) : "")
    .join("");
}

/** A thought as clients see it. */
export function toReasoning(
  item: ResponseReasoning,
  id: string,
): ReasoningItem {
  return {
    type: "reasoning",
    id,
    summary: texts(item.summary),
    content: texts(item.content),
  };
}

/** A search as clients see it. */
export function toWebSearch(
  item: ResponseWebSearchCall,
  id: string,
): WebSearchItem {
  const action = toAction(item.action);
  return {
    type: "webSearch",
    id,
    query: toQuery(action),
    action,
    results: null,
  };
}

function toAction(action: unknown): WebSearchAction {
  if (typeof action !== "object" || action === null) return { type: "other" };
  const { type, query, queries, url, pattern } = action as Record<
    string,
    unknown
  >;
  switch (type) {
    case "search":
      return {
        type: "search",
        query: orNull(query),
        queries: Array.isArray(queries) ? queries.map(text) : null,
      };
    case "open_page":
      return { type: "openPage", url: orNull(url) };
    case "find_in_page":
      return { type: "findInPage", url: orNull(url), pattern: orNull(pattern) };
    default:
      return { type: "other" };
  }
}

/** What people read of an action. */
function toQuery(action: WebSearchAction): string {
  switch (action.type) {
    case "search":
      return action.query ?? firstOf(action.queries ?? []);
    case "openPage":
      return action.url ?? "";
    case "findInPage":
      return [
        action.pattern === null ? null : `'${action.pattern}'`,
        action.url,
      ]
        .filter((part) => part !== null).join(" in ");
    default:
      return "";
  }
}

function firstOf([first = "", ...others]: readonly string[]): string {
  return others.length > 0 && first !== "" ? `${first} ...` : first;
}

function texts(parts: unknown): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.map((part) => text((part as { text?: unknown } | null)?.text));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function orNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
