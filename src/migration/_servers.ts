import { toObject } from "./_place.ts";

/** A table of `mcp_servers`. */
export interface ServerTable {
  [key: string]: string | string[] | Record<string, string>;
}

const bearer = /^Bearer \$\{(\w+)\}$/;
const variable = /^\$\{(\w+)\}$/;

/** An MCP server as this server is told of it; nothing if that can't be said. */
export function toServer(value: unknown): ServerTable | undefined {
  const server = toObject(value);
  if (server === undefined || server.disabled === true) return undefined;
  const { type, command, url } = server;
  if (typeof command === "string" && (type ?? "stdio") === "stdio") {
    const args = Array.isArray(server.args) ? server.args : [];
    const env = toObject(server.env) ?? {};
    if (![command, ...args, ...Object.values(env)].every(isPlain)) {
      return undefined;
    }
    return {
      command,
      ...args.length > 0 && { args: args as string[] },
      ...Object.keys(env).length > 0 && { env: env as Record<string, string> },
    };
  }
  if (typeof url !== "string" || !isPlain(url) || type !== "http") {
    return undefined;
  }
  const table: ServerTable = { url };
  const known: Record<string, string> = {};
  const named: Record<string, string> = {};
  for (const [name, text] of Object.entries(toObject(server.headers) ?? {})) {
    if (typeof text !== "string") return undefined;
    const token = name.toLowerCase() === "authorization"
      ? bearer.exec(text)?.[1]
      : undefined;
    const whole = variable.exec(text)?.[1];
    if (token !== undefined) table.bearer_token_env_var = token;
    else if (whole !== undefined) named[name] = whole;
    else if (isPlain(text)) known[name] = text;
    else return undefined;
  }
  if (Object.keys(known).length > 0) table.http_headers = known;
  if (Object.keys(named).length > 0) table.env_http_headers = named;
  return table;
}

/** Whether a text means itself: variables in it are not filled in here. */
function isPlain(value: unknown): value is string {
  return typeof value === "string" && !value.includes("${");
}
