/**
 * Questions of MCP servers to the user (MCP 2025-11-25, `elicitation/create`).
 *
 * @module
 */
import type { JsonValue, Uint } from "./scalar.ts";

/** A value to choose, and what to show for it. */
export interface McpElicitationConstOption {
  /** The value. */
  const: string;
  /** What to show. */
  title: string;
}

/** A text to type. */
export interface McpElicitationStringSchema {
  /** Type of the field. */
  type: "string";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** Smallest number of characters. */
  minLength?: Uint;
  /** Largest number of characters. */
  maxLength?: Uint;
  /** What the text is. */
  format?: "email" | "uri" | "date" | "date-time";
  /** What is there at first. */
  default?: string;
}

/** A number to type. */
export interface McpElicitationNumberSchema {
  /** Type of the field. */
  type: "number" | "integer";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** Smallest number. */
  minimum?: number;
  /** Largest number. */
  maximum?: number;
  /** What is there at first. */
  default?: number;
}

/** A yes or no. */
export interface McpElicitationBooleanSchema {
  /** Type of the field. */
  type: "boolean";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** What is there at first. */
  default?: boolean;
}

/** One of some values. */
export interface McpElicitationUntitledSingleSelectEnumSchema {
  /** Type of the field. */
  type: "string";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** The values. */
  enum: string[];
  /** What is chosen at first. */
  default?: string;
}

/** One of some values, shown in other words. */
export interface McpElicitationTitledSingleSelectEnumSchema {
  /** Type of the field. */
  type: "string";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** The values. */
  oneOf: McpElicitationConstOption[];
  /** What is chosen at first. */
  default?: string;
}

/** One of some values, shown in other words; the older form. */
export interface McpElicitationLegacyTitledEnumSchema {
  /** Type of the field. */
  type: "string";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** The values. */
  enum: string[];
  /** What to show for them, in the same order. */
  enumNames?: string[];
  /** What is chosen at first. */
  default?: string;
}

/** Values to choose from. */
export interface McpElicitationUntitledEnumItems {
  /** Type of a value. */
  type: "string";
  /** The values. */
  enum: string[];
}

/** Values to choose from, shown in other words. */
export interface McpElicitationTitledEnumItems {
  /** The values. */
  anyOf: McpElicitationConstOption[];
}

/** Some of some values. */
export interface McpElicitationUntitledMultiSelectEnumSchema {
  /** Type of the field. */
  type: "array";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** Smallest number of them. */
  minItems?: Uint;
  /** Largest number of them. */
  maxItems?: Uint;
  /** The values. */
  items: McpElicitationUntitledEnumItems;
  /** What is chosen at first. */
  default?: string[];
}

/** Some of some values, shown in other words. */
export interface McpElicitationTitledMultiSelectEnumSchema {
  /** Type of the field. */
  type: "array";
  /** What to show above it. */
  title?: string;
  /** What it is for. */
  description?: string;
  /** Smallest number of them. */
  minItems?: Uint;
  /** Largest number of them. */
  maxItems?: Uint;
  /** The values. */
  items: McpElicitationTitledEnumItems;
  /** What is chosen at first. */
  default?: string[];
}

/** A field of a form. */
export type McpElicitationPrimitiveSchema =
  | McpElicitationUntitledSingleSelectEnumSchema
  | McpElicitationTitledSingleSelectEnumSchema
  | McpElicitationUntitledMultiSelectEnumSchema
  | McpElicitationTitledMultiSelectEnumSchema
  | McpElicitationLegacyTitledEnumSchema
  | McpElicitationStringSchema
  | McpElicitationNumberSchema
  | McpElicitationBooleanSchema;

/** A form. */
export interface McpElicitationSchema {
  /** Version of JSON Schema. */
  $schema?: string;
  /** Type of what is filled in. */
  type: "object";
  /** The fields, by name. */
  properties: { [name: string]: McpElicitationPrimitiveSchema };
  /** Names of those that must be filled in. */
  required?: string[];
}

/** What every question of an MCP server says. */
export interface McpElicitationOrigin {
  /** Thread that it is in. */
  threadId: string;
  /** Turn that it came up in, if that can be told. */
  turnId: string | null;
  /** The MCP server. */
  serverName: string;
}

/** Verifies the user. */
export interface UserVerificationElicitation extends McpElicitationOrigin {
  /** Tag of this kind. */
  mode: "openai/userVerification";
  /** Notes of the server. */
  _meta: JsonValue;
  /** What to show above it. */
  title: string;
  /** What it is for. */
  description: string;
  /** What to sign. */
  challenge: string;
}

/** A form of plain fields. */
export interface FormElicitation extends McpElicitationOrigin {
  /** Tag of this kind. */
  mode: "form";
  /** Notes of the server. */
  _meta: JsonValue;
  /** What to show above it. */
  message: string;
  /** The form. */
  requestedSchema: McpElicitationSchema;
}

/** A form of any JSON Schema; the second name is the older one. */
export interface OpenFormElicitation extends McpElicitationOrigin {
  /** Tag of this kind. */
  mode: "openai/form" | "openaiForm";
  /** Notes of the server. */
  _meta: JsonValue;
  /** What to show above it. */
  message: string;
  /** The form. */
  requestedSchema: JsonValue;
}

/** A page to visit. */
export interface UrlElicitation extends McpElicitationOrigin {
  /** Tag of this kind. */
  mode: "url";
  /** Notes of the server. */
  _meta: JsonValue;
  /** What to show above it. */
  message: string;
  /** Address of the page. */
  url: string;
  /** The server's name for the visit. */
  elicitationId: string;
}

/** An MCP server asks the user something. */
export type McpServerElicitationRequestParams =
  | UserVerificationElicitation
  | FormElicitation
  | OpenFormElicitation
  | UrlElicitation;

/** What is done about it. */
export type McpServerElicitationAction = "accept" | "decline" | "cancel";

/** The answer to an MCP server. */
export interface McpServerElicitationRequestResponse {
  /** What is done about it. */
  action: McpServerElicitationAction;
  /** What was filled in; null unless accepted. */
  content?: JsonValue;
  /** Notes for the server. */
  _meta?: JsonValue;
}
