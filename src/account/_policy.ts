import type { Config } from "../config/mod.ts";
import type { StoreMode } from "./auth_store.ts";
import type { SignIn } from "./sign_in.ts";

/** What the configuration says about signing in. */
export interface Policy {
  /** Where the sign-in is kept. */
  readonly store: StoreMode;
  /** The only way that is allowed, if there is only one. */
  readonly forced: "chatgpt" | "api" | undefined;
  /** The only workspaces that are allowed, if not all are. */
  readonly workspaces: readonly string[] | undefined;
  /** Where ChatGPT answers, without a slash at the end. */
  readonly backendUrl: string;
}

/** Where ChatGPT answers if nobody says. */
const usualBackend = "https://chatgpt.com/backend-api";

const stores: readonly unknown[] = ["file", "keyring", "auto", "ephemeral"];

/** Reads it from the configuration. */
export function readPolicy(config: Config): Policy {
  const store = config.requirements?.cliAuthCredentialsStore ??
    config.get("cli_auth_credentials_store");
  const forced = config.get("forced_login_method");
  const ids = config.get("forced_chatgpt_workspace_id");
  const workspaces = [ids].flat()
    .filter((id): id is string => typeof id === "string" && id.trim() !== "")
    .map((id) => id.trim());
  const url = config.get("chatgpt_base_url");
  return {
    store: stores.includes(store) ? store as StoreMode : "file",
    forced: forced === "chatgpt" || forced === "api" ? forced : undefined,
    workspaces: workspaces.length === 0 ? undefined : workspaces,
    backendUrl: (typeof url === "string" && url !== "" ? url : usualBackend)
      .replace(/\/+$/, ""),
  };
}

/** Whether a sign-in may be used. */
export function isAllowed(signIn: SignIn, policy: Policy): boolean {
  switch (signIn.mode) {
    case "apikey":
      return policy.forced !== "chatgpt";
    case "chatgpt":
    case "chatgptAuthTokens":
      return policy.forced !== "api" &&
        isAllowedWorkspace(signIn.accountId, policy);
    default:
      return true;
  }
}

/** Whether a workspace may be used. */
export function isAllowedWorkspace(
  accountId: string | null,
  { workspaces }: Policy,
): boolean {
  return workspaces === undefined ||
    accountId !== null && workspaces.includes(accountId);
}

/** Why an account can't be used. */
export function toRestriction(
  { workspaces = [] }: Policy,
  accountId: string | null,
): string {
  return `Login is restricted to workspace(s) ${
    workspaces.join(", ")
  }, but current credentials belong to ${accountId ?? "none"}`;
}

/** Why somebody can't sign in. */
export function toLoginRule({ workspaces = [] }: Policy): string {
  return `Login is restricted to workspace id(s) ${workspaces.join(", ")}.`;
}

/** The provider in use. */
export function toProviderId(config: Config): string {
  const id = config.get("model_provider");
  return typeof id === "string" && id !== "" ? id : "openai";
}
