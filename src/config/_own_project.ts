import type { ConfigWarningNotification } from "../protocol/mod.ts";
import { findProblem } from "./_faults.ts";
import { type Fault, parseSource } from "./_layer.ts";
import { judgeKeys } from "./_layers.ts";
import type { Places } from "./_places.ts";
import { type Snapshot, takeSnapshot } from "./_snapshot.ts";
import { readSource } from "./_source.ts";
import { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import type { ConfigOverrides } from "./overrides.ts";

/** Where a server works, and with what. */
export interface OwnProject {
  readonly places: Places;
  readonly overrides: ConfigOverrides;
  /** Absolute path of the directory that the server works in. */
  readonly cwd: string;
}

/**
 * The configuration of a server, with what people are to be told of the project
 * that it works in. The project has no other say in it.
 */
export async function withWordsOnProject(
  config: Config,
  project: OwnProject,
): Promise<Config> {
  // One fault at a time: what the user wrote comes first.
  if (config.warnings.some(({ summary }) => summary === invalid)) return config;
  return new Config({ ...config, warnings: await judge(project) });
}

const invalid = "Invalid configuration; using defaults.";

async function judge(
  { places, overrides, cwd }: OwnProject,
): Promise<readonly ConfigWarningNotification[]> {
  let snapshot: Snapshot;
  try {
    snapshot = await takeSnapshot({
      places,
      read: (path) => Promise.resolve(readSource(path)),
      parse: parseSource,
      overrides,
      base: Object.create(null),
      cwd,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [toInvalid({ details: error.message })];
  }
  const { layers, common, notes } = snapshot;
  const problem = await findProblem(layers, common);
  if (problem) return [toInvalid(problem.fault)];
  return [
    ...notes,
    ...toDisabledWarnings(snapshot),
    ...await judgeKeys(layers, common.demands, {
      strict: false,
      isBroken: false,
    }),
  ];
}

function toInvalid(fault: Fault): ConfigWarningNotification {
  return { summary: invalid, ...fault };
}

/** Tells of directories that do not count, and what would make them count. */
function toDisabledWarnings(
  { layers }: Snapshot,
): ConfigWarningNotification[] {
  const lines = layers.flatMap(({ name, disabledReason }) =>
    name.type === "project" && disabledReason !== undefined
      ? [[name.dotCodexFolder, disabledReason] as const]
      : []
  ).map(([folder, reason], index) =>
    `    ${index + 1}. ${folder}\n       ${reason}\n`
  );
  if (lines.length === 0) return [];
  const summary =
    "Project-local config, hooks, and exec policies are disabled in the " +
    "following folders until the project is trusted, but skills still load.";
  return [{ summary: `${summary}\n${lines.join("")}`, details: null }];
}
