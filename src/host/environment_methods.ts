import { RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { local } from "./environments.ts";
import { ExecServerError } from "./exec_server_error.ts";
import type { Host } from "./host.ts";

type EnvironmentMethod =
  | "environment/add"
  | "environment/info"
  | "environment/status";

/** The places where threads work: this machine, and what clients add. */
export const environmentHandlers: Handlers<Host, EnvironmentMethod> = {
  async "environment/info"({ env, cwd, environments }, { environmentId }) {
    if (environmentId === local) {
      const path = env.get("SHELL") || "/bin/sh";
      return {
        shell: { name: path.slice(path.lastIndexOf("/") + 1), path },
        cwd: toFileUrl(cwd),
      };
    }
    const environment = environments.find(environmentId);
    if (environment === undefined) throw unknown(environmentId);
    try {
      return await environment.info();
    } catch (error) {
      if (!(error instanceof ExecServerError)) throw error;
      throw RpcError.internal(
        `failed to get info for environment \`${environmentId}\`: ` +
          error.message,
      );
    }
  },

  async "environment/status"({ environments }, { environmentId }) {
    if (environmentId === local) return { status: "ready" };
    return await environments.find(environmentId)?.status() ??
      { status: "unknown", error: unknown(environmentId).message };
  },

  "environment/add"({ environments }, params) {
    environments.add(params);
    return {};
  },
};

function unknown(id: string): RpcError {
  return RpcError.invalidRequest(`unknown environment id \`${id}\``);
}

function toFileUrl(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `file://${encoded}`;
}
