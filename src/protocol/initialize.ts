/**
 * The handshake: `initialize`, `initialized`, and what follows from it.
 *
 * @module
 */
import type { JsonValue, Uint } from "./scalar.ts";

/** Who is calling. */
export interface ClientInfo {
  /** Short name; becomes part of the user agent, so it must fit a header. */
  name: string;
  /** Name for people. */
  title?: string | null;
  /** Version of the client. */
  version: string;
}

/** What the client asks for in `capabilities.gangway`. */
export interface GangwayClientCapability {
  /** Any further wishes; unknown ones are ignored. */
  [key: string]: JsonValue;
}

/** What the client can do and wants. */
export interface InitializeCapabilities {
  /** Lets the client call experimental methods and fields. Default false. */
  experimentalApi?: boolean;
  /** The client answers `attestation/generate`. Default false. */
  requestAttestation?: boolean;
  /** Approvals must be shown to a person. Default false. */
  requiredHumanApproval?: boolean;
  /** Gateway login is started by the client only. Default false. */
  explicitGatewayOauth?: boolean;
  /** Older opt-in for the `openai/form` elicitation. Default false. */
  mcpServerOpenaiFormElicitation?: boolean;
  /** Exact names of notifications that this connection does not want. */
  optOutNotificationMethods?: string[] | null;
  /** MCP extensions that the client supports, by name. */
  extensions?: { [name: string]: JsonValue } | null;
  /**
   * Opens Gangway's additions on this connection (docs/extensions.md). `{}` is
   * enough.
   *
   * @gangway
   */
  gangway?: GangwayClientCapability | null;
}

/** Opens a connection; the first request on it. */
export interface InitializeParams {
  /** Who is calling. */
  clientInfo: ClientInfo;
  /** What the client can do and wants. */
  capabilities?: InitializeCapabilities | null;
}

/** Bounds that the server keeps, in the units their names say. */
export interface GangwayLimits {
  /** Longest incoming message on this connection. */
  maxMessageBytes: Uint;
  /** Requests of one connection that are worked on at a time. */
  maxInFlightRequests: Uint;
  /** Longest file that `fs/readFile` gives without a range. */
  maxReadFileBytes: Uint;
  /** Bytes that may stand queued for a reader that does not read. */
  maxQueuedBytes: Uint;
}

/** Sent to clients that asked for it with `capabilities.gangway`. */
export interface GangwayServerCapability {
  /** Version of Gangway. */
  version: string;
  /** Names of the additions that are on, as docs/extensions.md lists them. */
  features: string[];
  /** Bounds that the server keeps. */
  limits: GangwayLimits;
}

/** The connection is open. */
export interface InitializeResponse {
  /** What the server calls itself towards model providers. */
  userAgent: string;
  /** The server's home directory for configuration and state. */
  codexHome: string;
  /** `"unix"` or `"windows"`. */
  platformFamily: string;
  /** Operating system, such as `"linux"` or `"macos"`. */
  platformOs: string;
  /**
   * The additions of this server.
   *
   * @gangway
   */
  gangway?: GangwayServerCapability;
}
