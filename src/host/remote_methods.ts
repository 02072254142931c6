import {
  type RemoteControlStatusReadResponse,
  RpcError,
} from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Host } from "./host.ts";

type RemoteMethod =
  | "remoteControl/enable"
  | "remoteControl/disable"
  | "remoteControl/status/read"
  | "remoteControl/pairing/start"
  | "remoteControl/pairing/status"
  | "remoteControl/client/list"
  | "remoteControl/client/revoke";

/** Remote control is known and stays off: its other end is the vendor's. */
export const remoteHandlers: Handlers<Host, RemoteMethod> = {
  "remoteControl/status/read": toStatus,
  "remoteControl/enable": (host) => refuseWithoutAccount(host),
  async "remoteControl/disable"(host) {
    if (!await host.hasChatgpt()) throw needsAccount();
    return toStatus(host);
  },
  "remoteControl/pairing/start"() {
    throw needsEnabling();
  },
  "remoteControl/pairing/status"(_, { pairingCode, manualPairingCode }) {
    if (pairingCode == null && manualPairingCode == null) {
      throw RpcError.invalidRequest(
        "remoteControl/pairing/status requires pairingCode or manualPairingCode",
      );
    }
    throw needsEnabling();
  },
  "remoteControl/client/list"(host, { environmentId, limit }) {
    checkIsThere(environmentId, "list requires environmentId");
    if (limit != null && (limit < 1 || limit > MOST_CLIENTS)) {
      throw RpcError.invalidRequest(
        "remote control client list limit must be between 1 and " +
          MOST_CLIENTS,
      );
    }
    return refuseWithoutAccount(host);
  },
  "remoteControl/client/revoke"(host, { environmentId, clientId }) {
    checkIsThere(environmentId, "revoke requires environmentId");
    checkIsThere(clientId, "revoke requires clientId");
    return refuseWithoutAccount(host);
  },
};

/** Most clients in one page. */
const MOST_CLIENTS = 100;

function checkIsThere(text: string, problem: string): void {
  if (text !== "") return;
  throw RpcError.invalidRequest(`remote control client ${problem}`);
}

function toStatus(
  { name, installationId }: Host,
): RemoteControlStatusReadResponse {
  return {
    status: "disabled",
    serverName: name,
    installationId,
    environmentId: null,
  };
}

async function refuseWithoutAccount(host: Host): Promise<never> {
  throw await host.hasChatgpt()
    ? RpcError.invalidRequest("remote control is not supported by this server")
    : needsAccount();
}

function needsAccount(): RpcError {
  return RpcError.invalidRequest(
    "remote control requires ChatGPT authentication",
  );
}

function needsEnabling(): RpcError {
  return RpcError.invalidRequest(
    "remote control pairing requires remote control to be enabled",
  );
}
