import type * as client from "@modelcontextprotocol/sdk/client";
import type * as auth from "@modelcontextprotocol/sdk/client/auth";
import type * as http from "@modelcontextprotocol/sdk/client/streamableHttp";
import type * as types from "@modelcontextprotocol/sdk/types";

/** What is used of the SDK for every server. */
export type Sdk =
  & Pick<typeof client, "Client">
  & Pick<
    typeof types,
    | "ElicitRequestSchema"
    | "ResultSchema"
    | "ToolListChangedNotificationSchema"
  >;

/**
 * Loads it: half a second that nobody pays who has no MCP server. Its types
 * stand under names without `.js`, its code under names with.
 */
export async function loadSdk(): Promise<Sdk> {
  const [{ Client }, all] = await Promise.all([
    import("@modelcontextprotocol/sdk/client"),
    import("@modelcontextprotocol/sdk/types.js") as Promise<typeof types>,
  ]);
  return {
    Client,
    ElicitRequestSchema: all.ElicitRequestSchema,
    ResultSchema: all.ResultSchema,
    ToolListChangedNotificationSchema: all.ToolListChangedNotificationSchema,
  };
}

/** Loads what servers are reached with over HTTP. */
export async function loadHttpSdk(): Promise<typeof http> {
  return await (import(
    "@modelcontextprotocol/sdk/client/streamableHttp.js"
  ) as Promise<typeof http>);
}

/** Loads what signs in at servers. */
export async function loadAuthSdk(): Promise<typeof auth> {
  return await (import(
    "@modelcontextprotocol/sdk/client/auth.js"
  ) as Promise<typeof auth>);
}
