import type { JsonValue } from "../protocol/mod.ts";

/** Which configuration a thread asks for. */
export interface ThreadConfigRequest {
  /** Directory that it works in. */
  readonly cwd: string;
  /** What the request itself sets, by dotted path. */
  readonly overrides: Readonly<Record<string, JsonValue>>;
}
