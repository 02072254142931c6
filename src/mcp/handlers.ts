import { RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { McpServers } from "./mcp_servers.ts";
import type { McpMethod } from "./methods.ts";

/** `mcpServer/*` and what goes with it. */
export const mcpHandlers: Handlers<McpServers, McpMethod> = {
  "mcpServer/oauth/login": (servers, params, { parked }) =>
    parked(servers.login(params)),
  async "config/mcpServer/reload"(servers, _, { afterReply }) {
    afterReply(await servers.prepareReload());
    return {};
  },
  "mcpServerStatus/list": (servers, params, { parked }) =>
    parked(servers.list(params)),
  "mcpServer/resource/read"(servers, params, { parked, signal }) {
    const { threadId, originCallId, target } = params;
    if (originCallId != null && threadId == null) {
      throw RpcError.invalidRequest("originCallId requires threadId");
    }
    if (target != null) { // what hosted apps have, and this server has none
      throw RpcError.invalidRequest(
        "target requires codex_apps, a connectorId, and a real linkId or null",
      );
    }
    return parked(servers.read(params, signal));
  },
  "mcpServer/event/stream/start"() {
    throw RpcError.invalidRequest(
      "MCP event subscriptions are only supported for hosted apps",
    );
  },
  "mcpServer/event/stream/stop": () => ({}),
  "mcpServer/tool/call": (servers, params, { parked, signal }) =>
    parked(servers.call(params, signal)),
};
