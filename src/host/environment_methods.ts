import { RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Host } from "./host.ts";

type EnvironmentMethod =
  | "environment/add"
  | "environment/info"
  | "environment/status";

/** Id of this machine among the places where threads work. */
const local = "local";

/** The one place where threads work is this machine. */
export const environmentHandlers: Handlers<Host, EnvironmentMethod> = {
  "environment/info"({ env, cwd }, { environmentId }) {
    if (environmentId !== local) throw unknown(environmentId);
    const path = env.get("SHELL") || "/bin/sh";
    return {
      shell: { name: path.slice(path.lastIndexOf("/") + 1), path },
      cwd: toFileUrl(cwd),
    };
  },

  "environment/status"(_, { environmentId }) {
    return environmentId === local
      ? { status: "ready" }
      : { status: "unknown", error: unknown(environmentId).message };
  },

  "environment/add"(_, { environmentId }) {
    if (environmentId === "") {
      throw RpcError.invalidRequest(
        "exec-server protocol error: environment id cannot be empty",
      );
    }
    if (environmentId === local) {
      throw RpcError.invalidRequest(
        "exec-server protocol error: environment id `local` is reserved for " +
          "EnvironmentManager",
      );
    }
    throw RpcError.invalidRequest(
      "Threads of this server work on its own machine only",
    );
  },
};

function unknown(id: string): RpcError {
  return RpcError.invalidRequest(`unknown environment id \`${id}\``);
}

function toFileUrl(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `file://${encoded}`;
}
