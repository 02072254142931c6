import type { Node, ParseError } from "jsonc-parser";
import {
  anything,
  boolean,
  integer,
  type Kind,
  listOf,
  type Mismatch,
  oneOf,
  record,
  string,
} from "./_schema.ts";
import { toPlainTable } from "./_plain.ts";
import type { ConfigTable } from "./config.ts";
import { toNumber } from "./jsonc.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

const i32 = integer("i32", -(2n ** 31n), 2n ** 31n - 1n);
const i64 = integer("i64", -(2n ** 63n), 2n ** 63n - 1n);

/** What is known of a model: fields as observed on 0.169.0; others are idle. */
const model: Kind = record({
  slug: string,
  display_name: string,
  description: string,
  default_reasoning_level: string,
  supported_reasoning_levels: listOf(
    record({ effort: string, description: string }, {
      required: ["effort", "description"],
    }),
  ),
  shell_type: oneOf([
    "default",
    "local",
    "shell_command",
    "unified_exec",
    "disabled",
  ]),
  visibility: oneOf(["list", "hide", "none"]),
  supported_in_api: boolean,
  priority: i32,
  additional_speed_tiers: listOf(string),
  service_tiers: listOf(
    record({ id: string, name: string, description: string }, {
      required: ["id", "name", "description"],
    }),
  ),
  default_service_tier: string,
  availability_nux: record({ message: string }, { required: ["message"] }),
  upgrade: record({ model: string, migration_markdown: string }, {
    required: ["model", "migration_markdown"],
  }),
  base_instructions: string,
  model_messages: record({ instructions_template: string }),
  model_specialty: string,
  default_reasoning_summary: oneOf(["auto", "concise", "detailed", "none"]),
  support_verbosity: boolean,
  default_verbosity: oneOf(["low", "medium", "high"]),
  apply_patch_tool_type: oneOf(["freeform"]),
  web_search_tool_type: oneOf(["text", "text_and_image"]),
  truncation_policy: record({ mode: oneOf(["bytes", "tokens"]), limit: i64 }, {
    required: ["mode", "limit"],
  }),
  context_window: i64,
  max_context_window: i64,
  auto_compact_token_limit: i64,
  effective_context_window_percent: i64,
  experimental_supported_tools: listOf(anything),
  input_modalities: listOf(oneOf(["text", "image", "audio"])),
  use_responses_lite: boolean,
}, {
  required: [
    "slug",
    "display_name",
    "supported_reasoning_levels",
    "shell_type",
    "visibility",
    "supported_in_api",
    "priority",
    "support_verbosity",
    "truncation_policy",
    "experimental_supported_tools",
  ],
  rule: (table) =>
    "base_instructions" in table || hasTemplate(table)
      ? undefined
      : `model \`${table.slug}\` is missing both \`base_instructions\` and ` +
        "`model_messages.instructions_template`",
});

const catalogueFile: Kind = record({ models: listOf(model) }, {
  required: ["models"],
});

function hasTemplate({ model_messages: messages }: TomlTable): boolean {
  return isTable(messages) && "instructions_template" in messages;
}

/**
 * The models that a file tells of, as it tells of them.
 *
 * @throws {RangeError} if it can't be read, or is no such catalogue.
 */
export async function readModelCatalogue(
  path: string,
): Promise<readonly ConfigTable[]> {
  const { models } = await parseCatalogue(await readText(path), path);
  const tables = Array.isArray(models) ? models.filter(isTable) : [];
  if (tables.length > 0) return tables.map(toPlainTable);
  throw new RangeError(
    `model_catalog_json path \`${path}\` must contain at least one model`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [reason] = /^.*?\(os error \d+\)/.exec(message) ?? [message];
    throw new RangeError(reason, { cause: error });
  }
}

async function parseCatalogue(text: string, path: string): Promise<TomlTable> {
  const { parseTree } = await import("jsonc-parser");
  const errors: ParseError[] = [];
  const top = parseTree(text, errors, { disallowComments: true });
  const refuse = (reason: string, end: number): never => {
    throw new RangeError(
      `failed to parse model_catalog_json path \`${path}\` as JSON: ` +
        `${reason} at ${toPlaceText(text, end)}`,
    );
  };
  const [first] = errors;
  if (first) refuse(...toSyntaxWords(text, first));
  const value = toValue(top!, text);
  const mismatch = catalogueFile.findMismatch(value);
  if (mismatch) refuse(mismatch.message, findEnd(top!, mismatch));
  return value as TomlTable;
}

/** Path of a model, by the number of its parts. */
const modelDepth = 2;

/** What was read when a mismatch was seen: a model is looked at as a whole. */
function findEnd(top: Node, { path }: Mismatch): number {
  const isSeenAtOnce = path[modelDepth] === "base_instructions";
  let node = top;
  for (const name of isSeenAtOnce ? path : path.slice(0, modelDepth)) {
    const next = node.type === "array"
      ? node.children?.[Number(name)]
      // Of a key that stands there twice, the last one counts.
      : node.children?.findLast(({ children }) => children?.[0]?.value === name)
        ?.children?.[1];
    if (next === undefined) break;
    node = next;
  }
  return node.offset + node.length;
}

/** What is wrong with the text itself, and up to where it was read. */
function toSyntaxWords(
  text: string,
  { offset, length }: ParseError,
): [string, number] {
  const rest = text.slice(offset).trimStart();
  const before = text.slice(0, offset).trimEnd();
  if (rest === "") {
    const whole = before === "" ? "a value" : "an object or a list";
    return [`EOF while parsing ${whole}`, before.length];
  }
  if (/[,{]$/.test(before) && length > 0) {
    const isTrailing = before.endsWith(",") && /^[}\]]/.test(rest);
    if (isTrailing) return ["trailing comma", offset + 1];
    if (before.endsWith("{")) return ["key must be a string", offset + 1];
  }
  return ["expected value", offset + 1];
}

/** Line and column of the last character before an offset, counted from one. */
function toPlaceText(text: string, end: number): string {
  const lines = text.slice(0, end).split("\n");
  const bytes = new TextEncoder().encode(lines.at(-1)).length;
  return `line ${lines.length} column ${bytes}`;
}

/** As TOML would give it; what is `null` is not set. */
function toValue(node: Node, text: string): TomlValue {
  switch (node.type) {
    case "object": {
      const table: TomlTable = Object.create(null);
      for (const { children: [key, value] = [] } of node.children ?? []) {
        if (key === undefined || value === undefined) continue;
        if (value.type !== "null") table[key.value] = toValue(value, text);
      }
      return table;
    }
    case "array":
      return (node.children ?? []).map((item) => toValue(item, text));
    case "number":
      return toNumber(node, text);
    case "null":
      return Object.create(null);
    default:
      return node.value;
  }
}
