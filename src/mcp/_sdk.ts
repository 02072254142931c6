import type * as auth from "@modelcontextprotocol/sdk/client/auth";
import type * as http from "@modelcontextprotocol/sdk/client/streamableHttp";
import type { Peer, PeerOptions } from "./_peer.ts";

/**
 * Makes this end of a connection. Loads the SDK for it, which nobody pays for
 * who has no MCP server; in two pieces, so that others have their turn between
 * them.
 */
export async function createPeer(options: PeerOptions): Promise<Peer> {
  await import("@modelcontextprotocol/sdk/server/zod-compat.js");
  const { Peer } = await import("./_peer.ts");
  return new Peer(options);
}

/**
 * Loads what servers are reached with over HTTP. The SDK's types stand under
 * names without `.js`, its code under names with.
 */
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
