import type { ThreadStartResponse } from "../protocol/mod.ts";
import type { Thread } from "./thread.ts";
import { toToldPolicy } from "./_workspace_roots.ts";

/** What clients are told who open a thread. */
export async function toOpenResponse(
  thread: Thread,
): Promise<ThreadStartResponse> {
  const { settings } = thread;
  const sources = await thread.agent.instructionSources(settings);
  return {
    thread: thread.view,
    model: settings.model,
    modelProvider: settings.modelProvider,
    serviceTier: settings.serviceTier,
    disabledPluginIds: settings.disabledPluginIds,
    cwd: settings.cwd,
    runtimeWorkspaceRoots: settings.environments?.[0]?.runtimeWorkspaceRoots ??
      [],
    instructionSources: sources,
    approvalPolicy: settings.approvalPolicy,
    approvalsReviewer: settings.approvalsReviewer,
    sandbox: toToldPolicy(settings),
    activePermissionProfile: settings.activePermissionProfile,
    reasoningEffort: settings.effort,
    multiAgentMode: settings.multiAgentMode,
  };
}
