/**
 * `config/value/write` and `config/batchWrite`: changes of the user's
 * configuration file.
 *
 * @module
 */
import type { AbsolutePath, JsonValue } from "./scalar.ts";
import type { ConfigLayerMetadata } from "./config_read.ts";

/**
 * How a value meets the one that is there: takes its place, or is merged into
 * it where both are tables.
 */
export type MergeStrategy = "replace" | "upsert";

/** One change. */
export interface ConfigEdit {
  /** Dotted path of the value; a part in double quotes may hold dots. */
  keyPath: string;
  /** The value; null removes what is there. */
  value: JsonValue;
  /** How it meets the one that is there. */
  mergeStrategy: MergeStrategy;
}

/** Writes one value of the configuration. */
export interface ConfigValueWriteParams extends ConfigEdit {
  /** The user's file, as `config/read` names it; the only one allowed. */
  filePath?: string | null;
  /** Refuses the change unless the file is as it was in this version. */
  expectedVersion?: string | null;
}

/** Writes several values of the configuration: all of them or none. */
export interface ConfigBatchWriteParams {
  /** The changes, one after the other. */
  edits: ConfigEdit[];
  /** The user's file, as `config/read` names it; the only one allowed. */
  filePath?: string | null;
  /** Refuses the changes unless the file is as it was in this version. */
  expectedVersion?: string | null;
  /** Whether threads that are loaded take over what they can. */
  reloadUserConfig?: boolean;
}

/** Whether what was written is in effect. */
export type WriteStatus = "ok" | "okOverridden";

/** Why what was written is not in effect. */
export interface OverriddenMetadata {
  /** Who stands above it, for people. */
  message: string;
  /** The layer that does. */
  overridingLayer: ConfigLayerMetadata;
  /** What is in effect instead. */
  effectiveValue: JsonValue;
}

/** The configuration was written. */
export interface ConfigWriteResponse {
  /** Whether it is in effect. */
  status: WriteStatus;
  /** Version of the file as it is now. */
  version: string;
  /** The file. */
  filePath: AbsolutePath;
  /** Of the first value that is not in effect; null if all are. */
  overriddenMetadata: OverriddenMetadata | null;
}
