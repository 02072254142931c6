/**
 * The sandbox of Windows, which has to be set up before it can be used.
 *
 * @module
 */
import type { AbsolutePath, Uint } from "./scalar.ts";

/** Whether the sandbox can be used. */
export type WindowsSandboxReadiness =
  | "ready"
  | "notConfigured"
  | "updateRequired";

/** Whether the sandbox can be used. */
export interface WindowsSandboxReadinessResponse {
  /** Whether. */
  status: WindowsSandboxReadiness;
}

/** Which sandbox: one that an administrator sets up, or the older one. */
export type WindowsSandboxSetupMode = "elevated" | "unelevated";

/** Sets the sandbox up. */
export interface WindowsSandboxSetupStartParams {
  /** Which one. */
  mode: WindowsSandboxSetupMode;
  /** Directory whose configuration counts. */
  cwd?: AbsolutePath | null;
}

/** It has begun; how it ends is told by a notification. */
export interface WindowsSandboxSetupStartResponse {
  /** That it has. */
  started: boolean;
}

/** The sandbox is set up, or can't be. */
export interface WindowsSandboxSetupCompletedNotification {
  /** Which one. */
  mode: WindowsSandboxSetupMode;
  /** Whether it is set up. */
  success: boolean;
  /** Why not. */
  error: string | null;
}

/** Directories that everybody may write, so that the sandbox protects little. */
export interface WindowsWorldWritableWarningNotification {
  /** Some of them. */
  samplePaths: string[];
  /** How many more there are. */
  extraCount: Uint;
  /** Whether not all could be looked at. */
  failedScan: boolean;
}
