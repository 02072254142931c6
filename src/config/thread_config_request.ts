import type {
  AskForApproval,
  JsonValue,
  SandboxMode,
} from "../protocol/mod.ts";

/** Which configuration a thread asks for. */
export interface ThreadConfigRequest {
  /** Directory that it works in. */
  readonly cwd: string;
  /** What the request itself sets, by dotted path. */
  readonly overrides: Readonly<Record<string, JsonValue>>;
  /** What the request says by other means. Default: nothing. */
  readonly wished?: WishedPermissions;
}

/**
 * What a request wants of permissions beside its settings. It is no part of the
 * configuration, but may be what makes that usable, or not.
 */
export interface WishedPermissions {
  readonly sandbox?: SandboxMode | null;
  /** Name of a profile. */
  readonly permissions?: string | null;
  readonly approvalPolicy?: AskForApproval | null;
}
