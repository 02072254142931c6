/**
 * Small domains that need no file of their own yet.
 *
 * @module
 */

/** Tries the experimental gate; does nothing. */
export interface MockExperimentalMethodParams {
  /** Comes back as `echoed`. */
  value?: string | null;
}

/** The echo. */
export interface MockExperimentalMethodResponse {
  /** What was sent as `value`, else null. */
  echoed: string | null;
}

/** Where remote control stands. */
export type RemoteControlConnectionStatus =
  | "disabled"
  | "connecting"
  | "connected"
  | "errored";

/** Remote control changed its state; also sent right after `initialize`. */
export interface RemoteControlStatusChangedNotification {
  /** Where it stands now. */
  status: RemoteControlConnectionStatus;
  /** Name of this machine for people. */
  serverName: string;
  /** Lasting id of this installation, a UUID. */
  installationId: string;
  /** Id of the environment it is enrolled in, if any. */
  environmentId: string | null;
}

/** Which request to cancel. */
export interface CancelRequestParams {
  /** The id exactly as it was sent. */
  id: string | number;
}
