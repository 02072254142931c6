import type { Models } from "../model/mod.ts";
import { RpcError, type ThreadResumeParams } from "../protocol/mod.ts";

/** Whose provider is checked. */
export interface Providers {
  /** What the thread was made with; files of long ago don't tell. */
  readonly stored: string | undefined;
  /** What it would go on with. */
  readonly next: string;
  readonly params: Pick<ThreadResumeParams, "modelProvider" | "config">;
}

/**
 * A stored thread goes on with the provider that it was made with: no other
 * could read its reasoning.
 *
 * @throws {RpcError} if that is not configured, or another one is asked for.
 */
export function checkProvider(
  models: Pick<Models, "has">,
  { stored, next, params }: Providers,
): void {
  const wished = params.modelProvider ?? params.config?.["model_provider"];
  const provider = typeof wished === "string" ? wished : next;
  for (const name of [stored ?? next, provider]) {
    if (models.has(name)) continue;
    throw RpcError.invalidRequest(
      `This chat uses model provider “${name}”, which is no longer configured. Restore this provider’s configuration to continue.`,
      { type: "modelProviderNotConfigured", modelProvider: name },
    );
  }
  if (stored !== undefined && provider !== stored) {
    throw RpcError.invalidRequest(
      "failed to load configuration: Cannot change this thread's model " +
        `provider from \`${stored}\` to \`${provider}\` on resume.`,
    );
  }
}
