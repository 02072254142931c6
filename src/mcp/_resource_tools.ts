import type { ToolSpec } from "../model/mod.ts";
import type { JsonValue, McpToolCallItem } from "../protocol/mod.ts";
import {
  shorten,
  StorageError,
  toBudget,
  type Tool,
  type ToolCall,
  type ToolContext,
  type ToolOutput,
} from "../tools/mod.ts";
import { readInput } from "./_input.ts";
import { toShownResult } from "./_tool_output.ts";
import { McpFailure } from "./mcp_failure.ts";
import type { Server } from "./server.ts";

/** Name that stands in items for all servers together. */
const ALL_SERVERS = "codex";

type Input = Readonly<Record<string, JsonValue>>;
type FindServer = (name: string) => Server | undefined;

/** A tool that reads: what it is, and what it does. */
interface Reading {
  readonly name: string;
  readonly description: string;
  readonly parameters: Record<string, unknown>;
  /** What is wrong with the call itself, before anything is done. */
  refuse(input: Input): string | undefined;
  read(input: Input, signal: AbortSignal): Promise<JsonValue>;
}

/** Tools with which a model reads what servers let read. */
export function createResourceTools(
  find: FindServer,
  servers: readonly Server[],
): Tool[] {
  const get = (input: Input): Server => find(toText(input, "server") ?? "")!;
  const refuse = (input: Input): string | undefined => {
    const name = toText(input, "server");
    const isKnown = name === undefined || find(name)?.config.isEnabled === true;
    return isKnown ? undefined : `unknown MCP server '${name}'`;
  };
  return [
    new ResourceTool(toListing("list_mcp_resources", {
      what: "the resources of MCP servers: files, schemas and other texts " +
        "that they hold ready for models",
      method: "resources/list",
      field: "resources",
    }, { get, refuse, servers })),
    new ResourceTool(toListing("list_mcp_resource_templates", {
      what: "the resource templates of MCP servers: addresses of resources " +
        "with places to fill in",
      method: "resources/templates/list",
      field: "resourceTemplates",
    }, { get, refuse, servers })),
    new ResourceTool({
      name: "read_mcp_resource",
      description: "Reads a resource of an MCP server. Rather use this than " +
        "a search of the web where both would do.",
      parameters: {
        type: "object",
        properties: {
          server: {
            type: "string",
            description: "Name of the server, as the lists give it.",
          },
          uri: {
            type: "string",
            description: "Address of the resource, as the lists give it.",
          },
        },
        required: ["server", "uri"],
        additionalProperties: false,
      },
      refuse(input) {
        const missing = ["server", "uri"]
          .find((name) => toText(input, name) === undefined);
        return missing === undefined
          ? refuse(input)
          : `failed to parse function arguments: missing field \`${missing}\``;
      },
      async read(input, signal) {
        const server = get(input);
        const uri = toText(input, "uri") ?? "";
        const contents = await told(
          "resources/read",
          `(${uri})`,
          server,
          (on) => on.read(uri, { signal }),
        );
        return { server: server.name, uri, contents };
      },
    }),
  ];
}

function toListing(
  name: string,
  { what, method, field }: {
    readonly what: string;
    readonly method: "resources/list" | "resources/templates/list";
    readonly field: string;
  },
  { get, refuse, servers }: {
    readonly get: (input: Input) => Server;
    readonly refuse: Reading["refuse"];
    readonly servers: readonly Server[];
  },
): Reading {
  const mark = (server: Server, list: JsonValue) =>
    (Array.isArray(list) ? list : []).map((one) => ({
      server: server.name,
      ...one,
    }));
  return {
    name,
    description: `Lists ${what}. Look here before you search the web.`,
    parameters: {
      type: "object",
      properties: {
        server: {
          type: "string",
          description: "Name of one server. Default: all of them.",
        },
        cursor: {
          type: "string",
          description: "Where to go on: `nextCursor` of the page before. " +
            "Only with a server.",
        },
      },
      additionalProperties: false,
    },
    refuse,
    async read(input, signal) {
      const cursor = toText(input, "cursor");
      if (toText(input, "server") !== undefined) {
        const server = get(input);
        const page = await told(
          method,
          "",
          server,
          (on) => on.listPage(method, cursor, signal),
        );
        const { nextCursor } = page;
        return {
          server: server.name,
          [field]: mark(server, page[field]),
          ...typeof nextCursor === "string" && { nextCursor },
        };
      }
      if (cursor !== undefined) {
        throw new McpFailure(
          "cursor can only be used when a server is specified",
        );
      }
      const lists = await Promise.all(
        servers.map(async (server) => {
          const { connection } = server;
          if (connection === undefined || connection.isClosed) return [];
          // One that can't tell keeps nobody from hearing of the others.
          const list = await (field === "resources"
            ? connection.listResources()
            : connection.listResourceTemplates()).catch(() => []);
          return mark(server, list);
        }),
      );
      return { [field]: lists.flat() };
    },
  };
}

/** Asks a server, and says of a failure what was asked. */
async function told<T>(
  method: string,
  about: string,
  server: Server,
  ask: (on: Awaited<ReturnType<Server["connected"]>>) => Promise<T>,
): Promise<T> {
  try {
    return await ask(await server.connected());
  } catch (error) {
    if (!(error instanceof McpFailure)) throw error;
    const what = [`\`${server.name}\``, about].filter(Boolean).join(" ");
    throw new McpFailure(
      `${method} failed: ${method} failed for ${what}: ${error.message}`,
    );
  }
}

class ResourceTool implements Tool {
  readonly name: string;
  readonly isParallel = true;
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.name = reading.name;
    this.#reading = reading;
  }

  spec(): ToolSpec {
    const { name, description, parameters } = this.#reading;
    return { type: "function", name, description, strict: false, parameters };
  }

  async call(
    { callId, input: text }: ToolCall,
    { stage, signal, model }: ToolContext,
  ): Promise<ToolOutput> {
    const input = readInput(text);
    if (typeof input === "string") return { output: input, isSuccess: false };
    const refusal = this.#reading.refuse(input);
    if (refusal !== undefined) return { output: refusal, isSuccess: false };
    const startedAt = performance.now();
    const item = toItem(callId, this.name, input);
    stage.started(item);
    const toDurationMs = () => Math.round(performance.now() - startedAt);
    const fail = (message: string): ToolOutput => {
      const durationMs = toDurationMs();
      const error = { message };
      stage.completed({ ...item, status: "failed", error, durationMs });
      return { output: message, isSuccess: false };
    };
    try {
      const found = await this.#reading.read(input, signal);
      const output = JSON.stringify(found);
      stage.completed({
        ...item,
        status: "completed",
        result: toShownResult({ content: [{ type: "text", text: output }] }),
        durationMs: toDurationMs(),
      });
      return {
        output: shorten(output, toBudget(model, Infinity)),
        isSuccess: true,
      };
    } catch (error) {
      if (error instanceof StorageError) throw error;
      if (signal.aborted) {
        fail("MCP tool call was interrupted");
        throw signal.reason;
      }
      return fail(error instanceof Error ? error.message : String(error));
    }
  }
}

function toItem(id: string, tool: string, input: Input): McpToolCallItem {
  return {
    type: "mcpToolCall",
    id,
    server: toText(input, "server") ?? ALL_SERVERS,
    tool,
    status: "inProgress",
    arguments: input,
    appContext: null,
    mcpAppUi: null,
    pluginId: null,
    readOnlyHint: null,
    result: null,
    error: null,
    durationMs: null,
  };
}

function toText(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}
