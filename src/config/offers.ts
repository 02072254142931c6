import type {
  CollaborationModeListResponse,
  ExperimentalFeatureListParams,
  ExperimentalFeatureListResponse,
  PermissionProfileListParams,
  PermissionProfileListResponse,
  PermissionProfileSummary,
  SandboxMode,
} from "../protocol/mod.ts";
import { toPage } from "./_page.ts";
import { type Configuration, refusing } from "./configuration.ts";
import { listFeatures } from "./features.ts";

/** Profiles of permissions that are always there. */
const builtInProfiles = [":read-only", ":workspace", ":danger-full-access"];

/** The modes that they stand for. */
const modeOf: ReadonlyMap<string, SandboxMode> = new Map([
  [":read-only", "read-only"],
  [":workspace", "workspace-write"],
  [":danger-full-access", "danger-full-access"],
]);

function isAllowed(id: string, modes: readonly SandboxMode[] | null): boolean {
  const mode = modeOf.get(id);
  return modes === null || mode === undefined || modes.includes(mode);
}

/**
 * What `experimentalFeature/list` answers.
 *
 * @throws {RpcError} if the thread, the page or the configuration is wrong.
 */
export async function offerFeatures(
  configuration: Configuration,
  params: ExperimentalFeatureListParams,
): Promise<ExperimentalFeatureListResponse> {
  const { threadId } = params;
  const config = await refusing(
    threadId == null ? configuration.forServer() : configuration.forThread({
      cwd: configuration.cwdOfThread(threadId),
      overrides: {},
    }),
    "failed to reload config",
  );
  return toPage(listFeatures(config), params, "feature flags");
}

/**
 * What `permissionProfile/list` answers. What the settings beside them are
 * worth does not matter.
 *
 * @throws {RpcError} if the page is wrong, or a file can't be parsed.
 */
export async function offerProfiles(
  configuration: Configuration,
  params: PermissionProfileListParams,
): Promise<PermissionProfileListResponse> {
  const config = await refusing(
    configuration.peek(params.cwd ?? undefined),
    "failed to reload config",
  );
  const allowed = config.requirements?.allowedPermissionProfiles ?? null;
  const modes = config.requirements?.allowedSandboxModes ?? null;
  const own = config.get("permissions");
  const names = [
    ...builtInProfiles,
    ...typeof own === "object" ? Object.keys(own).sort() : [],
  ];
  const profiles = names.map((id): PermissionProfileSummary => {
    const description = config.get(["permissions", id, "description"]);
    return {
      id,
      description: typeof description === "string" ? description : null,
      allowed: allowed?.[id] ?? (allowed === null && isAllowed(id, modes)),
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
