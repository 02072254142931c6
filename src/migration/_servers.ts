import { type Ground, type Place, toObject } from "./_place.ts";

/** A table of `mcp_servers`. */
export interface ServerTable {
  [key: string]: string | string[] | Record<string, string>;
}

const bearer = /^Bearer \$\{(\w+)\}$/;
const variable = /^\$\{(\w+)\}$/;

/** The MCP servers of a place that are not switched off, as they are written. */
export async function readServers(
  place: Place,
  ground: Ground,
): Promise<Record<string, unknown>> {
  const servers: Record<string, unknown> = {};
  for (const file of place.serverFiles) {
    const known = await ground.readObject(file);
    // What the user's own file says for all places is not of the repository.
    if (file !== place.userFile) {
      Object.assign(servers, toObject(known?.mcpServers));
    }
    if (place.cwd === null) continue;
    const project = toObject(toObject(known?.projects)?.[place.cwd]);
    Object.assign(servers, toObject(project?.mcpServers));
  }
  const files = ["settings.json", "settings.local.json"];
  const tables = await Promise.all(
    files.map((file) => ground.readObject(`${place.settings}/${file}`)),
  );
  const list = (key: string): unknown[] =>
    tables.flatMap((table) => table?.[key] ?? []);
  const enabled = new Set(list("enabledMcpjsonServers"));
  const disabled = new Set(list("disabledMcpjsonServers"));
  return Object.fromEntries(
    Object.entries(servers).filter(([name]) =>
      (enabled.size === 0 || enabled.has(name)) && !disabled.has(name)
    ),
  );
}

/** An MCP server as this server is told of it; nothing if that can't be said. */
export function toServer(value: unknown): ServerTable | undefined {
  const server = toObject(value);
  if (server === undefined || server.disabled === true) return undefined;
  if (server.enabled === false) return undefined;
  const { type, command, url } = server;
  if (typeof command === "string" && (type ?? "stdio") === "stdio") {
    const args = [server.args ?? []].flat().map(toText);
    const all = Object.entries(toObject(server.env) ?? {})
      .map(([name, text]): [string, unknown] => [name, toText(text)]);
    // A variable under its own name is passed on as it is.
    const env = all.filter(([name, text]) => text !== `\${${name}}`);
    const passed = all.filter((one) => !env.includes(one));
    if (![command, ...args, ...env.map(([, text]) => text)].every(isPlain)) {
      return undefined;
    }
    return {
      command,
      ...args.length > 0 && { args: args as string[] },
      ...passed.length > 0 && { env_vars: passed.map(([name]) => name) },
      ...env.length > 0 && {
        env: Object.fromEntries(env) as Record<string, string>,
      },
    };
  }
  if (typeof url !== "string" || !isPlain(url) || (type ?? "http") !== "http") {
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

/** What programs are given is text; numbers and switches are written out. */
function toText(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : value;
}

/** Whether a text means itself: variables in it are not filled in here. */
function isPlain(value: unknown): value is string {
  return typeof value === "string" && !value.includes("${");
}
