import { type DynamicToolSpec, RpcError } from "../protocol/mod.ts";

const NAME = /^[a-zA-Z0-9_-]+$/;
/** Names that the provider keeps for its own tools. */
const reservedNamespaces: ReadonlySet<string> = new Set([
  "functions",
  "multi_tool_use",
]);

/**
 * Looks whether the model can be told of the tools that a client brings along.
 *
 * @throws {RpcError} on the first that it can't, with what is wrong with it.
 */
export function checkDynamicTools(tools: readonly DynamicToolSpec[]): void {
  const kinds = new Set(tools.map((tool) => "type" in tool));
  if (kinds.size > 1) {
    refuse(
      "Invalid request: dynamic tools must use either canonical or legacy " +
        "format consistently",
    );
  }
  const namespaces = new Set<string>();
  const names = new Map<string | null, Set<string>>();
  for (const tool of tools) {
    if (!("type" in tool)) {
      const namespace = tool.namespace ?? null;
      if (namespace !== null) checkNamespace(namespace);
      checkTool(tool, namespace, names);
    } else if (tool.type === "function") {
      checkTool(tool, null, names);
    } else {
      const { name, description } = tool;
      checkNamespace(name);
      if (namespaces.has(name)) {
        refuse(`duplicate dynamic tool namespace: ${name}`);
      }
      namespaces.add(name);
      if ([...description].length > 1024) {
        refuse(
          "dynamic tool namespace description must be at most 1024 characters",
        );
      }
      if (tool.tools.length === 0) {
        refuse(
          `dynamic tool namespace must contain at least one tool: ${name}`,
        );
      }
      for (const inner of tool.tools) checkTool(inner, name, names);
    }
  }
}

function checkTool(
  tool: { name: string; inputSchema: unknown; deferLoading?: boolean | null },
  namespace: string | null,
  names: Map<string | null, Set<string>>,
): void {
  const { name, inputSchema, deferLoading } = tool;
  checkName("name", name, 128);
  if (name === "mcp" || name.startsWith("mcp__")) {
    refuse(`dynamic tool name is reserved: ${name}`);
  }
  const siblings = names.get(namespace) ?? new Set();
  if (siblings.has(name)) {
    const place = namespace === null ? "" : ` in namespace ${namespace}`;
    refuse(`duplicate dynamic tool name${place}: ${name}`);
  }
  names.set(namespace, siblings.add(name));
  if (deferLoading === true && namespace === null) {
    refuse(`deferred dynamic tool must include a namespace: ${name}`);
  }
  const isSchema = typeof inputSchema === "boolean" ||
    typeof inputSchema === "object" && inputSchema !== null &&
      !Array.isArray(inputSchema);
  if (!isSchema) {
    refuse(
      `dynamic tool input schema is not supported for ${name}: invalid type: ` +
        `${kindOf(inputSchema)}, expected struct JsonSchema`,
    );
  }
}

function checkNamespace(name: string): void {
  checkName("namespace", name, 64);
  if (name === "mcp" || name.startsWith("mcp__")) {
    refuse(`dynamic tool namespace is reserved: ${name}`);
  }
  if (reservedNamespaces.has(name)) {
    refuse(
      "dynamic tool namespace collides with a reserved Responses API " +
        `namespace: ${name}`,
    );
  }
}

/** Most characters of a value in an error. */
const MOST_SHOWN = 60;

function checkName(what: string, name: string, longest: number): void {
  if (name.trim() === "") refuse(`dynamic tool ${what} must not be empty`);
  if (name.trim() !== name) {
    refuse(`dynamic tool ${what} has leading/trailing whitespace: ${name}`);
  }
  if (!NAME.test(name)) {
    refuse(
      `dynamic tool ${what} must match ^[a-zA-Z0-9_-]+$ to match Responses ` +
        `API: ${toVisible(name)}`,
    );
  }
  if (name.length > longest) {
    refuse(
      `dynamic tool ${what} must be at most ${longest} characters to match ` +
        `Responses API: ${name}`,
    );
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "sequence";
  if (typeof value !== "string") return typeof value;
  return `string ${JSON.stringify(value.slice(0, MOST_SHOWN))}`;
}

/** In ASCII that can be seen. */
function toVisible(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

function refuse(message: string): never {
  throw RpcError.invalidRequest(message);
}
