import { withMove } from "./_move_note.ts";
import { renameFields, toCamelCase } from "./_rename_fields.ts";

/** Fields of a value that was not checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** A piece of what the user said. */
export function decodeInput(input: Fields): Fields {
  const type = camelText(input["type"]);
  const { image_url, audio_url, file_id, ...rest } = input;
  const url = image_url ?? audio_url ?? input["url"];
  switch (type) {
    case "text":
      return {
        type,
        text: input["text"] ?? "",
        text_elements: list(input["text_elements"]).map((element) =>
          renameFields(element, toCamelCase)
        ),
      };
    case "image":
    case "audio":
      return {
        ...rest,
        ...url === undefined ? { fileId: file_id } : { url },
        ...type === "image" ? { detail: input["detail"] ?? null } : {},
        type,
      };
    case "localImage":
      return { ...input, type, detail: input["detail"] ?? null };
    default:
      return { ...input, type };
  }
}

/** A file that is read stands as the model wrote it. */
export function decodeAction(action: Fields, cwd: string): Fields {
  const { type, cmd, ...rest } = action;
  const path = rest["path"];
  return {
    type: camelText(type),
    command: cmd,
    ...rest,
    ...type === "read" && typeof path === "string" && !path.startsWith("/")
      ? { path: `${cwd}/${path}` }
      : {},
  };
}

/** What moderation says of a message. */
export function decodeModeration(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { moderated, display } = value as Fields;
  return {
    moderated: moderated === true,
    display: typeof display === "object" && display !== null
      ? {
        action: "",
        blockType: null,
        cyberTrustedAccess: null,
        checkTrustedContacts: null,
        ...display,
      }
      : null,
  };
}

/** Which memories a message draws on. */
export function decodeCitation(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { entries, rolloutIds, threadIds } = value as Fields;
  return { entries: entries ?? [], threadIds: rolloutIds ?? threadIds ?? [] };
}

/** `"running"`, or `{"completed": "what it said"}`. */
export function decodeAgentState(state: unknown): Fields {
  if (typeof state === "string") {
    return { status: toCamelCase(state), message: null };
  }
  const [status = "notFound", message] = Object.entries(object(state))[0] ?? [];
  return { status: toCamelCase(status), message: message ?? null };
}

/** What a reviewer found, for people. */
export function renderReview(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return "Reviewer failed to output a response.";
  }
  const { overall_explanation, findings } = value as Fields;
  const found = list(findings).map(({ title, body, code_location }) => {
    const { absolute_file_path, line_range } = object(code_location);
    const { start, end } = object(line_range);
    const text = `${body}`.split("\n").map((line) => `  ${line}`).join("\n");
    return `- ${title} — ${absolute_file_path}:${start}-${end}\n${text}`;
  });
  const heading = found.length > 1 ? "Full review comments" : "Review comment";
  const comments = found.length > 0
    ? [`${heading}:`, ...found].join("\n\n")
    : "";
  return [`${overall_explanation ?? ""}`.trim(), comments].filter(Boolean)
    .join("\n\n");
}

/** What happened to a file. */
export function decodeChange(path: string, change: Fields): Fields {
  const { type, content, unified_diff, move_path } = change;
  return type === "update"
    ? {
      path,
      kind: { type, move_path: move_path ?? null },
      diff: withMove(
        `${unified_diff ?? ""}`,
        typeof move_path === "string" ? move_path : null,
      ),
    }
    : { path, kind: { type }, diff: content ?? "" };
}

/** What an MCP tool gave back. */
export function decodeMcpResult(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { content, structuredContent, _meta } = value as Fields;
  return {
    content: content ?? [],
    structuredContent: structuredContent ?? null,
    _meta: _meta ?? null,
  };
}

/** What a search of the web did. */
export function decodeWebAction(value: unknown): Fields | null {
  if (typeof value !== "object" || value === null) return null;
  const { type, query, queries, url, pattern } = value as Fields;
  switch (type) {
    case "search":
      return { type, query: query ?? null, queries: queries ?? null };
    case "open_page":
      return { type: "openPage", url: url ?? null };
    case "find_in_page":
      return { type: "findInPage", url: url ?? null, pattern: pattern ?? null };
    default:
      return { type: "other" };
  }
}

/** A duration in whole milliseconds; null if there is none. */
export function toMs(duration: unknown): number | null {
  const { secs, nanos } = object(duration);
  return typeof secs === "number" && typeof nanos === "number"
    ? secs * 1000 + Math.floor(nanos / 1_000_000)
    : null;
}

/** A value as an object; empty if it is none. */
export function object(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}

/** A value as a list of objects; empty if it is none. */
export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** A name in camel case; undefined if it is not text. */
export function camelText(value: unknown): string | undefined {
  return typeof value === "string" ? toCamelCase(value) : undefined;
}
