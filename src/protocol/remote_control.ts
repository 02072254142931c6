/**
 * Remote control: the server in the hands of another device.
 *
 * @module
 */
import type { Empty, Uint32, UnixSeconds } from "./scalar.ts";

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

/** Where remote control stands. */
export interface RemoteControlStatusReadResponse {
  /** Where. */
  status: RemoteControlConnectionStatus;
  /** Name of this machine for people. */
  serverName: string;
  /** Lasting id of this installation, a UUID. */
  installationId: string;
  /** Id of the environment it is enrolled in, if any. */
  environmentId: string | null;
}

/** Turns remote control on. */
export interface RemoteControlEnableParams {
  /** Until the server ends only. Default false. */
  ephemeral?: boolean;
}

/** Where it stands now. */
export type RemoteControlEnableResponse = RemoteControlStatusReadResponse;

/** Turns remote control off. */
export interface RemoteControlDisableParams {
  /** Until the server ends only. Default false. */
  ephemeral?: boolean;
}

/** Where it stands now. */
export type RemoteControlDisableResponse = RemoteControlStatusReadResponse;

/** Starts to pair with another device. */
export interface RemoteControlPairingStartParams {
  /** With a code that can be typed in too. Default false. */
  manualCode?: boolean;
}

/** What the other device needs. */
export interface RemoteControlPairingStartResponse {
  /** The code. */
  pairingCode: string;
  /** The one to type in. */
  manualPairingCode: string | null;
  /** Id of the environment. */
  environmentId: string;
  /** Until when they count. */
  expiresAt: UnixSeconds;
}

/** Asks whether somebody used a code; one of the two is needed. */
export interface RemoteControlPairingStatusParams {
  /** The code. */
  pairingCode?: string | null;
  /** The one to type in. */
  manualPairingCode?: string | null;
}

/** Whether somebody used the code. */
export interface RemoteControlPairingStatusResponse {
  /** Whether. */
  claimed: boolean;
}

/** In which order devices are listed. */
export type RemoteControlClientsListOrder = "asc" | "desc";

/** Asks for the paired devices. */
export interface RemoteControlClientsListParams {
  /** Id of the environment. */
  environmentId: string;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most devices on a page. */
  limit?: Uint32 | null;
  /** In which order. */
  order?: RemoteControlClientsListOrder | null;
}

/** A paired device. */
export interface RemoteControlClient {
  /** Its id. */
  clientId: string;
  /** Its name for people. */
  displayName: string | null;
  /** What it is. */
  deviceType: string | null;
  /** What it runs. */
  platform: string | null;
  /** Version of that. */
  osVersion: string | null;
  /** Its model. */
  deviceModel: string | null;
  /** Version of its app. */
  appVersion: string | null;
  /** When it was last seen. */
  lastSeenAt: UnixSeconds | null;
}

/** A page of devices. */
export interface RemoteControlClientsListResponse {
  /** The devices. */
  data: RemoteControlClient[];
  /** Where the next page begins; null if there is none. */
  nextCursor: string | null;
}

/** Unpairs a device. */
export interface RemoteControlClientsRevokeParams {
  /** Id of the environment. */
  environmentId: string;
  /** The device. */
  clientId: string;
}

/** It is unpaired. */
export type RemoteControlClientsRevokeResponse = Empty;
