import type { Configuration } from "../config/mod.ts";

/** Whose file is changed. */
type Writer = Pick<Configuration, "write">;

/** Has the user's configuration say that a plugin is on. */
export async function turnPluginOn(
  id: string,
  configuration: Writer,
): Promise<void> {
  await configuration.write({
    edits: [{
      keyPath: `plugins."${id}"`,
      value: { enabled: true },
      mergeStrategy: "upsert",
    }],
    filePath: null,
    expectedVersion: null,
  });
}

/** Settings of {@linkcode forgetPlugin}. */
export interface ForgetPluginOptions {
  /** Whether nothing is left of the table that it stands in. */
  readonly isLast: boolean;
}

/** Takes a plugin out of the user's configuration. */
export async function forgetPlugin(
  id: string,
  { isLast }: ForgetPluginOptions,
  configuration: Writer,
): Promise<void> {
  await configuration.write({
    edits: [{
      keyPath: isLast ? "plugins" : `plugins."${id}"`,
      value: null,
      mergeStrategy: "replace",
    }],
    filePath: null,
    expectedVersion: null,
  });
}
