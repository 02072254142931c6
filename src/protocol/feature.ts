/**
 * Choices that a client can offer: features that are not finished, profiles of
 * permissions, and ways of working together.
 *
 * @module
 */
import type { NoParams, Uint32 } from "./scalar.ts";
import type { ModeKind, ReasoningEffort } from "./session.ts";

/** How far a feature is. */
export type ExperimentalFeatureStage =
  | "beta"
  | "underDevelopment"
  | "stable"
  | "deprecated"
  | "removed";

/** A feature. */
export interface ExperimentalFeature {
  /** Its key under `[features]`. */
  name: string;
  /** How far it is. */
  stage: ExperimentalFeatureStage;
  /** Its name for people; null unless it is in beta. */
  displayName: string | null;
  /** What it does; null unless it is in beta. */
  description: string | null;
  /** How it is announced; null unless it is in beta. */
  announcement: string | null;
  /** Whether it is on. */
  enabled: boolean;
  /** Whether it is on unless somebody says otherwise. */
  defaultEnabled: boolean;
}

/** Asks for features. */
export interface ExperimentalFeatureListParams {
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most features on a page. Default: all. */
  limit?: Uint32 | null;
  /** A loaded thread whose configuration counts. */
  threadId?: string | null;
}

/** A page of features. */
export interface ExperimentalFeatureListResponse {
  /** The features. */
  data: ExperimentalFeature[];
  /** Where the next page begins; null if there is none. */
  nextCursor: string | null;
}

/** Turns features on or off until the server ends. */
export interface ExperimentalFeatureEnablementSetParams {
  /** Features by name; what is not named stays. */
  enablement: { [feature: string]: boolean };
}

/** What was turned on or off. */
export interface ExperimentalFeatureEnablementSetResponse {
  /** The features of the request that can be. */
  enablement: { [feature: string]: boolean };
}

/** A profile of permissions. */
export interface PermissionProfileSummary {
  /** Its id; those that are built in begin with a colon. */
  id: string;
  /** What it is for, in the user's words. */
  description: string | null;
  /** Whether an administrator lets it be chosen. */
  allowed: boolean;
}

/** Asks for profiles of permissions. */
export interface PermissionProfileListParams {
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most profiles on a page. Default: all. */
  limit?: Uint32 | null;
  /** Directory whose project counts. */
  cwd?: string | null;
}

/** A page of profiles. */
export interface PermissionProfileListResponse {
  /** The profiles. */
  data: PermissionProfileSummary[];
  /** Where the next page begins; null if there is none. */
  nextCursor: string | null;
}

/** Asks for the ways of working together. */
export type CollaborationModeListParams = NoParams;

/** A way of working together; what is null it leaves as it is. */
export interface CollaborationModeMask {
  /** Its name for people. */
  name: string;
  /** Which mode. */
  mode: ModeKind | null;
  /** Model to use. */
  model: string | null;
  /** Its effort. */
  reasoning_effort?: ReasoningEffort | null;
}

/** The ways of working together. */
export interface CollaborationModeListResponse {
  /** The ways. */
  data: CollaborationModeMask[];
}
