import type { ConfigWarningNotification } from "../protocol/mod.ts";
import type { Demands } from "./_layer.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** What an administrator demands of single settings, and where it says so. */
type Told = Pick<Demands, "table" | "file">;

/** How a setting has to be held back. */
interface HeldBack {
  readonly value: string;
  readonly warning: string;
}

/**
 * The configuration as the administrator lets it be: features that are pinned
 * are as they are pinned, and the web is searched no further than allowed.
 */
export function toHeld(
  effective: TomlTable,
  demands: Told | undefined,
): TomlTable {
  if (demands === undefined) return effective;
  const held: TomlTable = Object.assign(Object.create(null), effective);
  const pins = readPins(demands.table);
  if (pins.size > 0) {
    const features: TomlTable = Object.create(null);
    if (isTable(effective.features)) {
      Object.assign(features, effective.features);
    }
    for (const [name, isOn] of pins) {
      const tuned = features[name];
      features[name] = isTable(tuned)
        ? Object.assign(Object.create(null), tuned, { enabled: isOn })
        : isOn;
    }
    held.features = features;
  }
  const search = holdSearch(effective, demands);
  if (search !== undefined) held.web_search = search.value;
  return held;
}

/** Tells people what of their settings the administrator does not let be. */
export async function judgeDemands(
  effective: TomlTable,
  demands: Told | undefined,
): Promise<ConfigWarningNotification[]> {
  if (demands === undefined) return [];
  const pins = readPins(demands.table);
  const known = await knownAmong(pins);
  const unknown = [...pins.keys()]
    .filter((name) => !known.includes(name))
    .map((name) =>
      `Ignoring unknown \`features\` requirement \`${name}\` from ` +
      toOrigin(demands)
    );
  const search = holdSearch(effective, demands);
  return [...unknown, ...search === undefined ? [] : [search.warning]]
    .map((summary) => ({ summary, details: null }));
}

/** The first feature that is set against how it is pinned, in words. */
export async function findPinned(
  { features }: TomlTable,
  demands: Told | undefined,
): Promise<string | undefined> {
  if (demands === undefined || !isTable(features)) return undefined;
  const pins = readPins(demands.table);
  const known = await knownAmong(pins);
  for (const name of known) {
    const isOn = toSwitch(features[name]);
    if (isOn === undefined || isOn === pins.get(name)) continue;
    const set = known.map((each) => `${each}=${pins.get(each)}`).join(", ");
    return `invalid value for \`features\`: \`features.${name}=${isOn}\` is ` +
      `not in the allowed set [${set}] (set by ${toOrigin(demands)})`;
  }
  return undefined;
}

/** Features that there are, in the order in which they are told. */
async function knownAmong(
  pins: ReadonlyMap<string, boolean>,
): Promise<string[]> {
  if (pins.size === 0) return [];
  const { featureNames } = await import("./features.ts");
  return featureNames.filter((name) => pins.has(name));
}

function toSwitch(value: TomlValue | undefined): boolean | undefined {
  const isOn = isTable(value) ? value.enabled : value;
  return typeof isOn === "boolean" ? isOn : undefined;
}

function readPins(demands: TomlTable): ReadonlyMap<string, boolean> {
  const table = demands.features ?? demands.feature_requirements;
  return new Map(
    Object.entries(isTable(table) ? table : {})
      .filter((pin): pin is [string, boolean] => typeof pin[1] === "boolean"),
  );
}

/** Ways of web search, the more the later. */
const searchModes = ["disabled", "cached", "indexed", "live"];

function holdSearch(
  { web_search: wanted }: TomlTable,
  demands: Told,
): HeldBack | undefined {
  const { allowed_web_search_modes: modes } = demands.table;
  if (!Array.isArray(modes)) return undefined;
  // Not to search is always allowed; of the others the least counts first.
  const allowed = searchModes.filter((mode) =>
    mode === "disabled" || modes.includes(mode)
  );
  const mode = typeof wanted === "string" ? wanted : "cached";
  if (allowed.includes(mode)) return undefined;
  const [, value = "disabled"] = allowed;
  return {
    value,
    warning: "Configured value for `web_search_mode` is disallowed by " +
      `requirements; falling back to required value ${toName(value)}. ` +
      `Details: invalid value for \`web_search_mode\`: \`${toName(mode)}\` ` +
      `is not in the allowed set [${allowed.map(toName).join(", ")}] ` +
      `(set by ${toOrigin(demands)})`,
  };
}

function toName(mode: string): string {
  return `${mode.charAt(0).toUpperCase()}${mode.slice(1)}`;
}

function toOrigin({ file }: Told): string {
  return file?.path ?? "requirements.toml";
}
