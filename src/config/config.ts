import type {
  ConfigRequirements,
  ConfigWarningNotification,
  JsonValue,
} from "../protocol/mod.ts";
import type { WishedPermissions } from "./thread_config_request.ts";

/** A value of the configuration, as JSON could hold it; dates are text. */
export type ConfigValue =
  | string
  | number
  | boolean
  | ConfigValue[]
  | ConfigTable;

/** A table of the configuration. Has no prototype, so that any key is safe. */
export interface ConfigTable {
  [key: string]: ConfigValue;
}

/** What {@linkcode Config} is made of. */
export interface ConfigParts {
  /** All layers in one. Default: empty. */
  readonly effective?: ConfigTable;
  /** What an administrator demands. Default: nothing. */
  readonly requirements?: ConfigRequirements | null;
  /** The administrator's demands as they were written. Default: none. */
  readonly demands?: ConfigTable;
  /** Which file makes a demand, by its key. Default: nobody knows. */
  readonly demandSources?: Readonly<Record<string, string>>;
  /** What a request itself set, by dotted path. Default: nothing. */
  readonly requested?: Readonly<Record<string, JsonValue>>;
  /** What a request wanted of permissions besides. Default: nothing. */
  readonly wished?: WishedPermissions;
  /** The models that take the place of those that are known. Default: none. */
  readonly modelCatalogue?: readonly ConfigTable[] | undefined;
  /** What every client is told after its `initialize`. Default: nothing. */
  readonly warnings?: readonly ConfigWarningNotification[];
}

/** The configuration of a server, as it was when it started. */
export class Config {
  /** All layers in one. */
  readonly effective: ConfigTable;
  /** What an administrator demands, or null. */
  readonly requirements: ConfigRequirements | null;
  /** The administrator's demands as they were written, of which clients are not told all. */
  readonly demands: ConfigTable;
  /** Which file makes a demand, by its key. */
  readonly demandSources: Readonly<Record<string, string>>;
  /** What a request itself set, by dotted path. */
  readonly requested: Readonly<Record<string, JsonValue>>;
  /** What a request wanted of permissions besides. */
  readonly wished: WishedPermissions;
  /**
   * The models that take the place of those that are known, each as its file
   * tells of it; checked. Undefined if there are none.
   */
  readonly modelCatalogue: readonly ConfigTable[] | undefined;
  /** What every client is told after its `initialize`. */
  readonly warnings: readonly ConfigWarningNotification[];

  /** Use `loadConfig` for a configuration from files. */
  constructor(parts: ConfigParts = {}) {
    this.effective = parts.effective ?? Object.create(null);
    this.requirements = parts.requirements ?? null;
    this.demands = parts.demands ?? Object.create(null);
    this.demandSources = parts.demandSources ?? {};
    this.requested = parts.requested ?? {};
    this.wished = parts.wished ?? {};
    this.modelCatalogue = parts.modelCatalogue;
    this.warnings = parts.warnings ?? [];
  }

  /**
   * The value at a dotted path, such as `sandbox_workspace_write.network_access`;
   * a key that holds a dot itself needs the path as an array.
   */
  get(path: string | readonly string[]): ConfigValue | undefined {
    let value: ConfigValue | undefined = this.effective;
    for (const key of typeof path === "string" ? path.split(".") : path) {
      if (typeof value !== "object" || !Object.hasOwn(value, key)) {
        return undefined;
      }
      value = (value as ConfigTable)[key];
    }
    return value;
  }
}
