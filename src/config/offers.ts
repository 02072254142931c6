import {
  type CollaborationModeListResponse,
  type ExperimentalFeatureListParams,
  type ExperimentalFeatureListResponse,
  type PermissionProfileListParams,
  type PermissionProfileListResponse,
  type PermissionProfileSummary,
  RpcError,
} from "../protocol/mod.ts";
import { toPage } from "./_page.ts";
import type { Configuration } from "./configuration.ts";
import { listFeatures } from "./features.ts";

/** Profiles of permissions that are always there. */
const builtInProfiles = [":read-only", ":workspace", ":danger-full-access"];

/**
 * What `experimentalFeature/list` answers.
 *
 * @throws {RpcError} if the thread, the page or the configuration is wrong.
 */
export async function offerFeatures(
  configuration: Configuration,
  params: ExperimentalFeatureListParams,
): Promise<ExperimentalFeatureListResponse> {
  const cwd = configuration.cwdOfThread(params.threadId ?? undefined);
  try {
    const config = await configuration.forThread({ cwd, overrides: {} });
    return toPage(listFeatures(config), params, "feature flags");
  } catch (error) {
    if (error instanceof RpcError || !(error instanceof Error)) throw error;
    throw RpcError.internal(`failed to reload config: ${error.message}`, error);
  }
}

/**
 * What `permissionProfile/list` answers. Those that are built in are there even
 * if the configuration is broken.
 *
 * @throws {RpcError} if the page is wrong.
 */
export async function offerProfiles(
  configuration: Configuration,
  params: PermissionProfileListParams,
): Promise<PermissionProfileListResponse> {
  const cwd = params.cwd ?? Deno.cwd();
  const config = await configuration.forThread({ cwd, overrides: {} })
    .catch(() => configuration.server);
  const allowed = config.requirements?.allowedPermissionProfiles ?? null;
  const own = config.get("permissions");
  const names = [
    ...builtInProfiles,
    ...typeof own === "object" ? Object.keys(own) : [],
  ];
  const profiles = names.map((id): PermissionProfileSummary => {
    const description = config.get(["permissions", id, "description"]);
    return {
      id,
      description: typeof description === "string" ? description : null,
      allowed: allowed?.[id] ?? allowed === null,
    };
  });
  return toPage(profiles, params, "permission profiles");
}

/** What `collaborationMode/list` answers. */
export function offerModes(): CollaborationModeListResponse {
  return {
    data: [
      { name: "Plan", mode: "plan", model: null, reasoning_effort: "medium" },
      {
        name: "Default",
        mode: "default",
        model: null,
        reasoning_effort: null,
      },
    ],
  };
}
