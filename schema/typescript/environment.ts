/**
 * Places where threads can work: this machine, and others.
 *
 * @module
 */
import type { Empty, Uint } from "./scalar.ts";

/** Adds a place. */
export interface EnvironmentAddParams {
  /** Its id. */
  environmentId: string;
  /** Where its server is, a websocket address. */
  execServerUrl: string;
  /** Signs in there. */
  authBearerToken?: string | null;
  /** `x-request-id` of the connection. */
  websocketRequestId?: string | null;
  /** Milliseconds that connecting may take. */
  connectTimeoutMs?: Uint | null;
  /** Skills that it brings. */
  skills?: EnvironmentSkillsParams | null;
}

/** What a place brings beside its commands and files. */
export interface EnvironmentSkillsParams {
  /** Names of skills without which no turn is to begin there. */
  required?: string[] | null;
}

/** It is added. */
export type EnvironmentAddResponse = Empty;

/** Asks about a place. */
export interface EnvironmentInfoParams {
  /** Which one; `local` is this machine. */
  environmentId: string;
}

/** The shell of a place. */
export interface EnvironmentShellInfo {
  /** Its name, such as `bash`. */
  name: string;
  /** Its program. */
  path: string;
}

/** About a place. */
export interface EnvironmentInfoResponse {
  /** Its shell. */
  shell: EnvironmentShellInfo;
  /** The directory that work starts in, as a `file:` address. */
  cwd: string | null;
}

/** Whether a place can be worked in. */
export type EnvironmentStatusKind =
  | "ready"
  | "pending"
  | "disconnected"
  | "unknown";

/** Asks whether a place can be worked in. */
export interface EnvironmentStatusParams {
  /** Which one. */
  environmentId: string;
}

/** Whether a place can be worked in. */
export interface EnvironmentStatusResponse {
  /** Whether. */
  status: EnvironmentStatusKind;
  /** Why not. */
  error?: string;
}
