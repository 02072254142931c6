import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Case } from "./case.ts";
import { isObject, type Json, show } from "./json.ts";
import { verbOf } from "./steps/perform.ts";

/** The case directories beside this file. */
export const CASE_DIRECTORIES = {
  /** What any compatible server meets. */
  core: fileURLToPath(new URL("cases/core", import.meta.url)),
  /** What Gangway does better on purpose. */
  gangway: fileURLToPath(new URL("cases/gangway", import.meta.url)),
} as const;

/**
 * Reads every case below `directory`, in the order of the file names.
 *
 * @throws {SyntaxError} for a file that is not JSON.
 * @throws {TypeError} for a case without the fields of the format or with a
 * step that names nothing to do, and for a name that was used before.
 */
export function loadCases(directory: string): Promise<Case[]> {
  return readCases(directory, toCase);
}

/**
 * Reads every case below `directory` with the shape check of its kind.
 *
 * @throws {TypeError} for a name that was used before, and what `toCase` throws.
 */
export async function readCases<C extends { readonly name: string }>(
  directory: string,
  toCase: (value: Json, file: string) => C,
): Promise<C[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (entry.name.endsWith(".json")) files.push(entry.name);
  }
  const cases: C[] = [];
  const names = new Set<string>();
  for (const file of files.sort()) {
    const text = await Deno.readTextFile(join(directory, file));
    for (const value of casesIn(JSON.parse(text))) {
      const oneCase = toCase(value, file);
      if (names.has(oneCase.name)) {
        throw new TypeError(`Case "${oneCase.name}" exists twice`);
      }
      names.add(oneCase.name);
      cases.push(oneCase);
    }
  }
  return cases;
}

/** A file holds a list of cases, or a single one. */
function casesIn(value: Json): Json[] {
  return Array.isArray(value) ? value : [value];
}

const TRANSPORTS: readonly unknown[] = ["stdio", "ws", "unix", "http", "cli"];

function toCase(value: Json, file: string): Case {
  if (
    !isObject(value) || typeof value.name !== "string" ||
    typeof value.area !== "string" || typeof value.strict !== "boolean" ||
    !TRANSPORTS.includes(value.transport) || !Array.isArray(value.steps)
  ) throw new TypeError(`Not a case, in ${file}: ${show(value)}`);
  for (const step of value.steps) {
    if (!isObject(step) || verbOf(step) === undefined) {
      throw new TypeError(`Unknown step in "${value.name}": ${show(step)}`);
    }
  }
  // The rest of the shape is checked where it is used: a wrong field there
  // fails its own case.
  return value as unknown as Case;
}
