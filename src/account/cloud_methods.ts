import { RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Accounts } from "./accounts.ts";
import { toProviderId } from "./_policy.ts";

type CloudMethod =
  | "account/gatewayOAuth/read"
  | "account/gatewayOAuth/login"
  | "account/gatewayOAuth/cancel"
  | "account/bedrock/discover"
  | "account/bedrock/setup"
  | "account/bedrock/checkGovCloudRequirements"
  | "account/gcp/setup";

/**
 * Models that others host. This server signs in at none of them: it says that
 * nothing is there, or that it can't.
 */
export const cloudHandlers: Handlers<Accounts, CloudMethod> = {
  async "account/gatewayOAuth/read"(accounts, { modelProvider }) {
    const { id, name } = await findGateway(accounts, modelProvider);
    return {
      providerId: id,
      providerName: name,
      required: false,
      supportsDeviceAuth: false,
      status: null,
      error: null,
    };
  },

  async "account/gatewayOAuth/login"(accounts, { modelProvider }) {
    await findGateway(accounts, modelProvider);
    throw RpcError.invalidRequest(
      "The selected provider does not use gateway OAuth",
    );
  },

  "account/gatewayOAuth/cancel": () => ({}),

  "account/bedrock/discover"({ logins }) {
    logins.refuseExternal();
    return { profiles: [], environmentCredentials: [] };
  },

  "account/bedrock/setup"() {
    throw RpcError.invalidRequest(
      "Amazon Bedrock is not supported by this server",
    );
  },

  "account/bedrock/checkGovCloudRequirements": () => ({
    isGovCloud: false,
    shouldWarn: false,
  }),

  "account/gcp/setup"() {
    throw RpcError.invalidRequest(
      "Google Cloud Vertex AI is not supported by this server",
    );
  },
};

async function findGateway(
  accounts: Accounts,
  asked: string | null | undefined,
): Promise<{ id: string; name: string }> {
  const { config } = await accounts.stand();
  const id = asked ?? toProviderId(config);
  const provider = accounts.findProvider(id, config);
  if (provider !== undefined) return provider;
  throw RpcError.invalidRequest(
    `Model provider "${id}" is not configured any more: configure it again to go on`,
    { type: "modelProviderNotConfigured", modelProvider: id },
  );
}
