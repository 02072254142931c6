import {
  type ConfigBatchWriteParams,
  type ConfigWriteResponse,
  type OverriddenMetadata,
  RpcError,
} from "../protocol/mod.ts";
import { applyEdit, type PathEdit, toPathEdit } from "./_config_edits.ts";
import { findPinned } from "./_demands.ts";
import { toUnplaced } from "./_faults.ts";
import { findContradiction, untrustedPolicy } from "./_unusable.ts";
import { type Layer, merge, normalize } from "./_layer.ts";
import { toPlainTable } from "./_plain.ts";
import { toMetadata } from "./_read_response.ts";
import { findTarget, replaceFile } from "./_replace_file.ts";
import { isSameValue } from "./_same_value.ts";
import type { Snapshot } from "./_snapshot.ts";
import type { ConfigValue } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import { withLock } from "./_with_lock.ts";
import { editJsonc } from "./edit_jsonc.ts";
import { editToml } from "./edit_toml.ts";
import { configFile } from "./known_keys.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** What a write works on. */
export interface WriteGround {
  /** Home directory of the server. */
  readonly home: string;
  /** The layers as they are now. */
  readonly takeSnapshot: () => Promise<Snapshot>;
}

/** Machine-readable reasons of a refusal. */
type WriteErrorCode =
  | "configLayerReadonly"
  | "configVersionConflict"
  | "configValidationError";

/** How often a write begins again because somebody else wrote meanwhile. */
const maxAttempts = 5;

/**
 * Changes the user's file.
 *
 * @throws {RpcError} if the changes are refused, or the file cannot be written.
 */
export function writeConfig(
  params: ConfigBatchWriteParams,
  ground: WriteGround,
): Promise<ConfigWriteResponse> {
  return withLock(ground.home, () => write(params, ground));
}

async function write(
  params: ConfigBatchWriteParams,
  ground: WriteGround,
): Promise<ConfigWriteResponse> {
  for (let attempt = 1;; attempt++) {
    const before = await take(ground);
    const changed = await change(params, before, ground);
    const isLast = attempt === maxAttempts;
    // Another kind of program may have written in between, without the lock.
    const now = isLast ? before : await take(ground);
    if (now.user.file?.text !== before.user.file?.text) continue;
    await persist(changed.path, changed.text, before.user.file?.text);
    return await toResponse(params, await take(ground), changed.told);
  }
}

async function take({ takeSnapshot }: WriteGround): Promise<Snapshot> {
  try {
    return await takeSnapshot();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw RpcError.internal(
      `failed to load configuration: ${error.message}`,
      error,
    );
  }
}

/** The file as it is to be. */
interface Changed {
  /** The file that counts. */
  readonly path: string;
  /** As the client is told. */
  readonly told: string;
  readonly text: string;
}

async function change(
  { edits, filePath, expectedVersion }: ConfigBatchWriteParams,
  snapshot: Snapshot,
  { home }: WriteGround,
): Promise<Changed> {
  const { user } = snapshot;
  const path = user.file?.path ?? `${home}/config.toml`;
  const told = await toTold(filePath ?? path, path, home);
  const { version } = await toMetadata(user);
  if (typeof expectedVersion === "string" && expectedVersion !== version) {
    throw refusal(
      "configVersionConflict",
      "Configuration was modified since last read. " +
        "Fetch latest version and retry.",
    );
  }
  const old = user.file?.text ?? "";
  const isJsonc = path.endsWith(".jsonc");
  const is = user.raw;
  const wanted = wish(is, edits.map(checked(toPathEdit)));
  await checkResult(wanted, snapshot);
  if (isSameValue(is, wanted)) return { path, told, text: old };
  const text = isJsonc
    ? await editJsonc(old, wanted)
    : await editToml(old, wanted);
  return { path, told, text };
}

/** The user's file has several names; no other file is written. */
async function toTold(
  asked: string,
  path: string,
  home: string,
): Promise<string> {
  const names = [path, `${home}/config.toml`, await findTarget(path)];
  if (asked.startsWith("/") && names.includes(normalize(asked))) {
    return normalize(asked);
  }
  throw refusal(
    "configLayerReadonly",
    "Only writes to the user config are allowed",
  );
}

function wish(table: TomlTable, edits: readonly PathEdit[]): TomlTable {
  return edits.reduce(
    (wanted, edit) =>
      checked((each: PathEdit) => applyEdit(wanted, each))(edit),
    table,
  );
}

/** Refuses what a step of the change throws. */
function checked<Given, Result>(
  step: (given: Given) => Result,
): (given: Given) => Result {
  return (given) => {
    try {
      return step(given);
    } catch (error) {
      const isRefusal = error instanceof SyntaxError ||
        error instanceof TypeError || error instanceof ConfigError;
      if (!isRefusal) throw error;
      throw refusal("configValidationError", error.message);
    }
  };
}

/** What is written must be usable, by itself and with the other layers. */
async function checkResult(
  wanted: TomlTable,
  { layers, user, common }: Snapshot,
): Promise<void> {
  const written: Layer = { ...user, table: wanted };
  const merged = merge(layers.map((each) => each === user ? written : each));
  const mismatch = configFile.findMismatch(wanted) ??
    configFile.findMismatch(merged);
  if (mismatch) {
    throw refusal(
      "configValidationError",
      `Invalid configuration: ${toUnplaced(mismatch)}\n`,
    );
  }
  const flaw = findContradiction(wanted) === untrustedPolicy
    ? untrustedPolicy
    : await findPinned(wanted, common.demands);
  if (flaw === undefined) return;
  throw refusal("configValidationError", `Invalid configuration: ${flaw}`);
}

async function persist(
  path: string,
  text: string,
  old: string | undefined,
): Promise<void> {
  if (text === old) return;
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw RpcError.internal(
      `failed to persist config.toml: failed to persist config at ${path}`,
      error,
    );
  }
}

async function toResponse(
  { edits }: ConfigBatchWriteParams,
  after: Snapshot,
  filePath: string,
): Promise<ConfigWriteResponse> {
  const overriddenMetadata = await findOverridden(edits.map(toPathEdit), after);
  const { version } = await toMetadata(after.user);
  return {
    status: overriddenMetadata ? "okOverridden" : "ok",
    version,
    filePath,
    overriddenMetadata,
  };
}

/** The first change that a stronger layer hides. */
async function findOverridden(
  edits: readonly PathEdit[],
  { layers, user }: Snapshot,
): Promise<OverriddenMetadata | null> {
  const effective = merge(layers);
  const above = layers.slice(layers.indexOf(user) + 1);
  for (const { path } of edits) {
    const value = valueAt(effective, path);
    const written = valueAt(user.table, path);
    if (value === undefined) continue;
    if (written !== undefined && isSameValue(written, value)) continue;
    const layer = above.findLast(({ table }) =>
      valueAt(table, path) !== undefined
    );
    if (!layer) continue;
    const [effectiveValue] = Object.values(toPlainTable({ value }));
    return {
      message: `Overridden by ${toOwner(layer)}`,
      overridingLayer: await toMetadata(layer),
      effectiveValue: effectiveValue as ConfigValue,
    };
  }
  return null;
}

function toOwner({ name }: Layer): string {
  return name.type === "legacyManagedConfigTomlFromFile"
    ? `legacy managed_config.toml: ${name.file}`
    : "session flags";
}

function valueAt(
  table: TomlTable,
  path: readonly string[],
): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) {
    if (!isTable(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function refusal(code: WriteErrorCode, message: string): RpcError {
  return RpcError.invalidRequest(message, { config_write_error_code: code });
}
