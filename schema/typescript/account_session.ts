/**
 * The sign-ins at ChatGPT that a client can go back and forth between.
 *
 * @module
 */
import type { UnixSeconds } from "./scalar.ts";

/** Whether a workspace is a person's own. */
export type AccountSessionWorkspaceKind = "personal" | "workspace";

/** A workspace that a sign-in can work in. */
export interface AccountSessionWorkspace {
  /** Its id. */
  accountId: string;
  /** Its name, if known. */
  name: string | null;
  /** Its picture. */
  imageUrl: string | null;
  /** Whose it is, if known. */
  kind: AccountSessionWorkspaceKind | null;
}

/** A sign-in. */
export interface AccountSession {
  /** Its id; means nothing beyond this server. */
  sessionId: string;
  /** Whose it is. */
  email: string | null;
  /** The person at ChatGPT. */
  userId: string | null;
  /** The person's name. */
  displayName: string | null;
  /** The person's picture. */
  imageUrl: string | null;
  /** When it was last used. */
  lastUsedAt: UnixSeconds;
  /** Whether it is the one in use. */
  isActive: boolean;
  /** The chosen workspace. */
  selectedWorkspaceAccountId: string | null;
  /** The workspaces to choose from. */
  workspaces: AccountSessionWorkspace[];
}

/** Asks for the sign-ins. */
export interface AccountSessionsListParams {
  /** Ask ChatGPT for names of workspaces. Default false. */
  refreshWorkspaceMetadata?: boolean;
}

/** The sign-ins. */
export interface AccountSessionsResponse {
  /** The one in use. */
  activeSessionId: string | null;
  /** All of them. */
  sessions: AccountSession[];
}

/** Goes on with another one. */
export interface AccountSessionsSwitchParams {
  /** Which sign-in. */
  sessionId: string;
  /** Which of its workspaces. */
  accountId: string;
  /** Whether a browser may be needed. Default false. */
  allowBrowserLogin?: boolean;
}

/** Somebody has to open a page to get into the workspace. */
export interface AccountSessionBrowserLogin {
  /** Id of the attempt. */
  loginId: string;
  /** The page. */
  authUrl: string;
}

/** The sign-ins as they are now, or a page to open. */
export type AccountSessionsSwitchResponse =
  | AccountSessionsResponse
  | AccountSessionBrowserLogin;
