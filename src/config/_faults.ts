import type { ConfigWarningNotification } from "../protocol/mod.ts";
import {
  type AnyLayer,
  type Fault,
  type Layer,
  locateIn,
  merge,
  toLabel,
} from "./_layer.ts";
import type { Kind, Mismatch } from "./_schema.ts";
import { type Demanding, findUnusable } from "./_unusable.ts";
import { configFile } from "./known_keys.ts";

/** What is wrong with layers, and with which of them. */
export interface Problem {
  readonly fault: Fault;
  /** The one that is wrong by itself, if one is. */
  readonly culprit?: Layer;
  /** A value has the wrong type, rather than being of no use. */
  readonly isMismatch: boolean;
  /** As the fault, but without the place. */
  readonly unplaced: string;
}

/** The first thing wrong with the merged layers, and whose it is if one's. */
export async function findProblem(
  layers: readonly Layer[],
  demanding: Demanding,
): Promise<Problem | undefined> {
  const merged = merge(layers);
  const mismatch = configFile.findMismatch(merged);
  if (!mismatch) {
    const details = await findUnusable(merged, demanding);
    if (details === undefined) return undefined;
    return { fault: { details }, isMismatch: false, unplaced: details };
  }
  const unplaced = toUnplaced(mismatch);
  // What a later layer replaced does no harm, so the merged table is asked
  // first; only a layer that is wrong by itself can be told as a place.
  for (const culprit of layers) {
    if (culprit.disabledReason !== undefined) continue;
    const own = configFile.findMismatch(culprit.table);
    if (!own) continue;
    const fault = await toFault(own, culprit);
    return { fault, culprit, isMismatch: true, unplaced };
  }
  return { fault: { details: unplaced }, isMismatch: true, unplaced };
}

async function toFault(mismatch: Mismatch, layer: Layer): Promise<Fault> {
  const { file } = layer;
  const range = file && await locateIn(file, mismatch.path, "value");
  if (!range) return { details: toUnplaced(mismatch) };
  const { line, column } = range.start;
  return {
    details: `${file.path}:${line}:${column}: ${mismatch.message}`,
    path: file.path,
    range,
  };
}

/** A mismatch as it is told where no file can be named. */
export function toUnplaced({ message, path, told = path }: Mismatch): string {
  const [text, where] = [unplacedTexts[message] ?? message, told.join(".")];
  return where === "" ? text : `${text}\nin \`${where}\``;
}

/** What is worded otherwise where no file can be named. */
const unplacedTexts: Readonly<Record<string, string>> = {
  "wanted string or table": "invalid type: unit variant, expected string only",
};

/** A key that nobody knows, and where it stands. */
export interface Stray {
  readonly layer: AnyLayer;
  readonly path: readonly string[];
}

/** The keys of a layer that nobody knows. */
export function findStrays(kind: Kind, layer: AnyLayer): Stray[] {
  if (layer.disabledReason !== undefined) return [];
  return kind.findUnknown(layer.table).map((path) => ({ layer, path }));
}

const maxListedStrays = 3;

/** Tells people of keys that nobody knows. */
export function toStrayWarning(
  strays: readonly Stray[],
): ConfigWarningNotification {
  const sorted = strays.map(({ layer, path }) => [
    toLabel(layer),
    path.join("."),
  ]).sort(([labelA, keyA], [labelB, keyB]) =>
    compare(labelA!, labelB!) || compare(keyA!, keyB!)
  );
  const lines = sorted.map(([label, key]) =>
    `${label}: \`${key}\` is ignored.`
  );
  const listed = lines.slice(0, maxListedStrays);
  const rest = lines.length - listed.length;
  if (rest > 0) listed.push(`... and ${rest} more ignored settings.`);
  const count = `${lines.length} unrecognized configuration setting${
    lines.length === 1 ? "" : "s"
  }`;
  const summary =
    `Codex is ignoring ${count}. Check for typos or deprecated settings.`;
  return {
    summary: [summary, ...listed.map((line) => `  ${line}`)].join("\n"),
    details: null,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tells of a key that nobody knows, where that ends the start. */
export async function toStrictMessage({ layer, path }: Stray): Promise<string> {
  const message = `unknown configuration field \`${path.join(".")}\``;
  const { file } = layer;
  const { start } = file && await locateIn(file, path, "key") || {};
  return file && start
    ? `${file.path}:${start.line}:${start.column}: ${message}`
    : `${message} in -c/--config override`;
}
