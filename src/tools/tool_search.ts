import type { ToolSpec } from "../model/mod.ts";
import { rank } from "./_ranking.ts";
import type { Tool, ToolSurroundings } from "./tool.ts";
import { joinNamespaces } from "./_join_namespaces.ts";

/** How many tools are found unless the model says. */
const usualLimit = 8;

/** How models are told that there is more than what they are offered. */
export const toolSearchSpec: ToolSpec = {
  type: "tool_search",
  execution: "client",
  description: "Finds tools that are not listed here, such as those of MCP " +
    "servers and of the user's program. Those that fit best can be called " +
    "from the next step on. Search before you say that there is no tool for " +
    "something.",
  parameters: {
    type: "object",
    properties: {
      query: {
        type: "string",
        description: "Words that a tool's name or description has.",
      },
      limit: {
        type: "number",
        description: `How many tools at most. Default: ${usualLimit}.`,
      },
    },
    required: ["query"],
    additionalProperties: false,
  },
};

/** Whether a model can look for tools. */
export function searchesTools({ model }: ToolSurroundings): boolean {
  return model.findsTools;
}

/**
 * Finds what a model looks for among the tools that it is not told of: none if
 * the arguments are not those of a search.
 *
 * @param input Arguments as the model made them up.
 */
export function searchTools(
  tools: readonly Tool[],
  input: unknown,
  surroundings: ToolSurroundings,
): ToolSpec[] {
  const search = toSearch(input);
  if (search === undefined || !searchesTools(surroundings)) return [];
  const hidden = tools.flatMap((tool) => {
    if (tool.isDeferred?.(surroundings) !== true) return [];
    const spec = tool.spec(surroundings);
    return spec === undefined ? [] : [spec];
  });
  const found = rank(hidden.map(toText), search.query).slice(0, search.limit);
  return joinNamespaces(found.map((index) => toFound(hidden[index]!)));
}

function toSearch(
  input: unknown,
): { readonly query: string; readonly limit: number } | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { query, limit } = input as { query?: unknown; limit?: unknown };
  if (typeof query !== "string") return undefined;
  if (limit == null) return { query, limit: usualLimit };
  if (!Number.isSafeInteger(limit) || Number(limit) < 1) return undefined;
  return { query, limit: Number(limit) };
}

/** All that a tool says about itself. */
function toText(spec: ToolSpec): string {
  const { name, description, parameters, tools } = spec as {
    readonly name?: string;
    readonly description?: string;
    readonly parameters?: { readonly properties?: unknown };
    readonly tools?: readonly ToolSpec[];
  };
  const properties = Object.entries(Object(parameters?.properties));
  return [
    name,
    description,
    ...properties.flatMap(([key, value]) => [key, Object(value).description]),
    ...(tools ?? []).map(toText),
  ].filter((part) => typeof part === "string").join(" ");
}

/** A tool as one that was found, wherever it stands. */
function toFound(spec: ToolSpec): ToolSpec {
  return "tools" in spec && Array.isArray(spec.tools)
    ? { ...spec, tools: spec.tools.map(toFound) }
    : { ...spec, defer_loading: true };
}
