import {
  type AccountRoutingOverride,
  RpcError,
  type WorkspaceRouting,
} from "../protocol/mod.ts";
import { isObject } from "./_claims.ts";

/** A workspace of an account, as ChatGPT tells of it. */
export interface Workspace {
  readonly accountId: string;
  readonly name: string | null;
  readonly kind: "personal" | "workspace" | null;
  /** Where its requests go. */
  readonly origin: unknown;
  /** Where they have to stay. */
  readonly override: unknown;
}

const overrides: readonly unknown[] = [
  "NO_CONSTRAINT",
  "us",
  "us_cr",
] satisfies AccountRoutingOverride[];

/**
 * The workspaces in an answer of ChatGPT.
 *
 * @throws {RpcError} if it is none that can be understood.
 */
export function toWorkspaces(
  { accounts = [] }: Record<string, unknown>,
): Workspace[] {
  if (Array.isArray(accounts)) return accounts.map(toWorkspace);
  throw RpcError.internal("workspace routing discovery failed");
}

function toWorkspace(entry: unknown): Workspace {
  if (isObject(entry)) {
    const { id, name = null, structure: kind } = entry;
    if (
      typeof id === "string" && (name === null || typeof name === "string")
    ) {
      return {
        accountId: id,
        name,
        kind: kind === "personal" || kind === "workspace" ? kind : null,
        origin: entry["workspace_backend_origin"],
        override: entry["account_routing_override"],
      };
    }
  }
  throw RpcError.internal("workspace routing discovery failed");
}

/**
 * The one of that id.
 *
 * @throws {RpcError} if there is none, or more than one.
 */
export function pickWorkspace(
  workspaces: readonly Workspace[],
  accountId: string,
): Workspace {
  const [found, ...more] = workspaces.filter((one) =>
    one.accountId === accountId
  );
  if (found === undefined) {
    throw RpcError.internal(
      "selected workspace missing from routing discovery",
    );
  }
  if (more.length === 0) return found;
  throw RpcError.internal("duplicate workspace in routing discovery");
}

/**
 * Where its requests go: nowhere where others could read them on their way,
 * and nowhere that is a guess.
 *
 * @throws {RpcError} if ChatGPT does not say so clearly.
 */
export function toRouting(
  { accountId, origin, override }: Workspace,
): WorkspaceRouting {
  if (origin === undefined || origin === null) {
    throw RpcError.internal(
      "workspace routing discovery missing backend origin",
    );
  }
  const url = URL.parse(String(origin));
  if (url === null) throw RpcError.internal("invalid workspace backend URL");
  if (
    url.protocol !== "https:" || url.username !== "" || url.password !== ""
  ) {
    throw RpcError.internal(
      "workspace backend must use an HTTPS origin without credentials",
    );
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw RpcError.internal(
      "workspace routing discovery must return an origin",
    );
  }
  if (!overrides.includes(override)) {
    throw RpcError.internal(
      "workspace routing discovery has invalid account routing override",
    );
  }
  return {
    chatgptAccountId: accountId,
    backendOrigin: url.origin,
    accountRoutingOverride: override as AccountRoutingOverride,
  };
}
