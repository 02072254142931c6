import { join } from "node:path";
import type { Case } from "./case.ts";
import { isObject, type Json, show } from "./json.ts";
import { verbOf } from "./steps/perform.ts";

/**
 * Reads every case below `directory`, in the order of the file names.
 *
 * @throws {SyntaxError} for a file that is not JSON.
 * @throws {TypeError} for a case without the fields of the format or with a
 * step that names nothing to do, and for a name that was used before.
 */
export async function loadCases(directory: string): Promise<Case[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (entry.name.endsWith(".json")) files.push(entry.name);
  }
  const cases: Case[] = [];
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

/** The cases whose name or area fits `filter`, a regular expression. */
export function filterCases(
  cases: readonly Case[],
  filter: string | undefined,
): Case[] {
  const pattern = new RegExp(filter ?? "");
  return cases.filter(({ name, area }) =>
    pattern.test(name) || pattern.test(area)
  );
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
