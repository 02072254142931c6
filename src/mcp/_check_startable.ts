import { Unstartable } from "./mcp_failure.ts";
import type { ServerConfig } from "./server_config.ts";

/**
 * Sees whether a server can be tried at all.
 *
 * @throws {Unstartable} says why not.
 */
export function checkStartable(
  { name, place }: ServerConfig,
  env: { get(name: string): string | undefined },
): void {
  if (!/^[a-zA-Z0-9_:@/.-]+$/.test(name)) {
    throw new Unstartable(
      `Invalid MCP server name '${name}': ` +
        "must match pattern ^[a-zA-Z0-9_:@/.-]+$",
    );
  }
  if (place.kind === "program") {
    const [remote] = place.remoteEnvNames;
    if (remote === undefined) return;
    throw new Unstartable(
      `env_vars entry \`${remote}\` uses source \`remote\`, ` +
        "which requires remote MCP stdio",
    );
  }
  const { bearerVariable } = place;
  if (bearerVariable === undefined) return;
  const value = env.get(bearerVariable);
  if (value) return;
  const what = value === undefined ? "not set" : "empty";
  throw new Unstartable(
    `Environment variable ${bearerVariable} for MCP server '${name}' is ${what}`,
  );
}
