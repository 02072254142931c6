/**
 * MCP servers: how they are, what they offer, and their use without a model.
 * What they hand out is as in MCP 2025-11-25.
 *
 * @module
 */
import type { Empty, Int64, JsonValue, Uint32 } from "./scalar.ts";

/** How far the start of an MCP server is. */
export type McpServerStartupState =
  | "starting"
  | "ready"
  | "failed"
  | "cancelled";

/** What a person could do about a failed start. */
export type McpServerStartupFailureReason = "reauthenticationRequired";

/** An MCP server is being started, or was. */
export interface McpServerStatusUpdatedNotification {
  /** Thread that it is started for. */
  threadId: string | null;
  /** Its name in the configuration. */
  name: string;
  /** How far it is. */
  status: McpServerStartupState;
  /** Why it failed; null unless it did. */
  error: string | null;
  /** What could be done about it, if that is known. */
  failureReason: McpServerStartupFailureReason | null;
}

/** How the connection of a thread to an MCP server is. */
export type McpServerConnectionStatus =
  | "notStarted"
  | "starting"
  | "connected"
  | "authenticationRequired"
  | "failed"
  | "cancelled"
  | "disabled";

/** How the server signs in at an MCP server. */
export type McpAuthStatus =
  | "unknown"
  | "unsupported"
  | "notLoggedIn"
  | "bearerToken"
  | "oAuth";

/** How an MCP server introduces itself. */
export interface McpServerInfo {
  /** Its name. */
  name: string;
  /** Its name for people. */
  title: string | null;
  /** Its version. */
  version: string;
  /** What it is for. */
  description: string | null;
  /** Pictures of it. */
  icons: JsonValue[] | null;
  /** Its page. */
  websiteUrl: string | null;
}

/** A tool of an MCP server. */
export interface Tool {
  /** Its name. */
  name: string;
  /** Its name for people. */
  title?: string;
  /** What it does. */
  description?: string;
  /** JSON Schema of its arguments. */
  inputSchema: JsonValue;
  /** JSON Schema of its structured result. */
  outputSchema?: JsonValue;
  /** What it says of its effects. */
  annotations?: JsonValue;
  /** Pictures of it. */
  icons?: JsonValue[];
  /** Notes of the server. */
  _meta?: JsonValue;
}

/** Something that an MCP server lets read. */
export interface Resource {
  /** For whom it is, and how important. */
  annotations?: JsonValue;
  /** What it is. */
  description?: string;
  /** Its media type. */
  mimeType?: string;
  /** Its name. */
  name: string;
  /** Its size in bytes. */
  size?: Int64;
  /** Its name for people. */
  title?: string;
  /** Its address. */
  uri: string;
  /** Pictures of it. */
  icons?: JsonValue[];
  /** Notes of the server. */
  _meta?: JsonValue;
}

/** Resources whose address has places to fill in. */
export interface ResourceTemplate {
  /** For whom they are, and how important. */
  annotations?: JsonValue;
  /** The address (RFC 6570). */
  uriTemplate: string;
  /** Their name. */
  name: string;
  /** Their name for people. */
  title?: string;
  /** What they are. */
  description?: string;
  /** Their media type. */
  mimeType?: string;
}

/** A resource that is text. */
export interface TextResourceContent {
  /** Its address. */
  uri: string;
  /** Its media type. */
  mimeType?: string;
  /** The text. */
  text: string;
  /** Notes of the server. */
  _meta?: JsonValue;
}

/** A resource that is bytes. */
export interface BlobResourceContent {
  /** Its address. */
  uri: string;
  /** Its media type. */
  mimeType?: string;
  /** The bytes in base64. */
  blob: string;
  /** Notes of the server. */
  _meta?: JsonValue;
}

/** What is in a resource. */
export type ResourceContent = TextResourceContent | BlobResourceContent;

/** An MCP server and what it offers. */
export interface McpServerStatus {
  /** Its name in the configuration. */
  name: string;
  /** How the thread's connection is; null if no thread was asked for. */
  runtimeStatus: McpServerConnectionStatus | null;
  /** Plugin that brought it. */
  pluginId: string | null;
  /** Scheme, host and port of its address; null for a program. */
  httpOrigin: string | null;
  /** How it introduces itself; null before it has. */
  serverInfo: McpServerInfo | null;
  /** What it says that it can do; null before it has. */
  serverCapabilities: JsonValue;
  /** Notes on its list of tools. */
  toolListMeta: JsonValue;
  /** Its tools by name. */
  tools: { [name: string]: Tool };
  /** Why its tools are not known; null if they are. */
  toolsError: string | null;
  /** What it lets read. */
  resources: Resource[];
  /** What it lets read under addresses with places to fill in. */
  resourceTemplates: ResourceTemplate[];
  /** How the server signs in there. */
  authStatus: McpAuthStatus;
}

/** How much is told of each MCP server; without resources, or all. */
export type McpServerStatusDetail = "full" | "toolsAndAuthOnly";

/** Lists the MCP servers and what they offer. */
export interface ListMcpServerStatusParams {
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most servers to answer with. Default: all. */
  limit?: Uint32 | null;
  /** How much to tell of each. Default `full`. */
  detail?: McpServerStatusDetail | null;
  /** Thread whose connections are used. Default: connections for this answer. */
  threadId?: string | null;
  /** Only this server. */
  serverName?: string | null;
}

/** A page of MCP servers. */
export interface ListMcpServerStatusResponse {
  /** The servers, by name. */
  data: McpServerStatus[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** App and account that a resource is read with. */
export interface McpResourceReadTarget {
  /** The app's connector. */
  connectorId: string;
  /** The user's link to it; null for none. */
  linkId: string | null;
}

/** Reads a resource of an MCP server. */
export interface McpResourceReadParams {
  /** Notes for the server. */
  _meta?: { [name: string]: JsonValue } | null;
  /** Thread whose connection is used. Default: one for this answer. */
  threadId?: string | null;
  /** Call of a tool that the resource belongs to. */
  originCallId?: string | null;
  /** The server's name in the configuration. */
  server: string;
  /** Address of the resource. */
  uri: string;
  /** Connector of a hosted app. */
  connectorId?: string | null;
  /** Hosted app and account. */
  target?: McpResourceReadTarget | null;
}

/** What a resource holds. */
export interface McpResourceReadResponse {
  /** What is in it, and in those that belong to it. */
  contents: ResourceContent[];
  /** The call whose app was used, if one was. */
  originCallId: string | null;
}

/** Calls a tool of an MCP server; nobody is asked whether that is fine. */
export interface McpServerToolCallParams {
  /** Thread whose connection is used. */
  threadId: string;
  /** The server's name in the configuration. */
  server: string;
  /** The tool. */
  tool: string;
  /** What it is given. Default: nothing. */
  arguments?: JsonValue;
  /** Notes for the server. */
  _meta?: JsonValue;
}

/** What the tool gave back (MCP `CallToolResult`). */
export interface McpServerToolCallResponse {
  /** Pieces of content. */
  content: JsonValue[];
  /** The same as a value. */
  structuredContent?: JsonValue;
  /** Whether the content says what went wrong. */
  isError?: boolean;
  /** Notes of the server. */
  _meta?: JsonValue;
}

/** The MCP servers of the configuration are read again. */
export type McpServerRefreshResponse = Empty;

/** How this server becomes known at an authorization server. */
export type McpServerOauthClientRegistration = "auto" | "cimd" | "dcr";

/** Signs in at an MCP server. */
export interface McpServerOauthLoginParams {
  /** The server's name in the configuration. */
  name: string;
  /** Thread whose configuration is meant. Default: that of the server. */
  threadId?: string | null;
  /** How to become known there. Default `auto`. */
  clientRegistration?: McpServerOauthClientRegistration | null;
  /** What to ask permission for. Default: as configured. */
  scopes?: string[] | null;
  /** Seconds that the user has. Default 300. */
  timeoutSecs?: Int64 | null;
}

/** Where the user signs in; `mcpServer/oauthLogin/completed` tells the end. */
export interface McpServerOauthLoginResponse {
  /** Page to open. */
  authorizationUrl: string;
  /** Name of this attempt. */
  loginId?: string;
}

/** A sign-in at an MCP server ended. */
export interface McpServerOauthLoginCompletedNotification {
  /** The server's name in the configuration. */
  name: string;
  /** Thread that was named. */
  threadId: string | null;
  /** Name of the attempt. */
  loginId?: string | null;
  /** Whether the server can be used now. */
  success: boolean;
  /** Why not. */
  error?: string;
}

/** Starts to pass on the events of an MCP server. */
export interface McpServerEventStreamStartParams {
  /** Thread whose connection is used. */
  threadId: string;
  /** The server's name in the configuration. */
  server: string;
  /** The client's name for this. */
  subscriptionId: string;
  /** Name of the events. */
  name: string;
  /** Which of them. */
  arguments: JsonValue;
  /** Notes for the server. */
  _meta?: JsonValue;
}

/** Events are passed on. */
export type McpServerEventStreamStartResponse = Empty;

/** Ends that. */
export interface McpServerEventStreamStopParams {
  /** The client's name for it. */
  subscriptionId: string;
}

/** No more events are passed on. */
export type McpServerEventStreamStopResponse = Empty;

/** A notification of an MCP server, as it came. */
export interface McpServerEventNotification {
  /** Its method. */
  method: string;
  /** Its parameters. */
  params: JsonValue;
}

/** An event of an MCP server. */
export interface McpServerEventStreamNotification {
  /** The client's name for the subscription. */
  subscriptionId: string;
  /** The event. */
  notification: McpServerEventNotification;
}
