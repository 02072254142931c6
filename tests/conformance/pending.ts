import type { CaseHead } from "./run_cases.ts";

/** Why cases cannot pass yet, by the name of a case or of a whole area. */
export type Pending = Readonly<Record<string, string>>;

/** Reads `pending.json`, that of the core cases by default. */
export async function loadPending(
  file: URL = new URL("pending.json", import.meta.url),
): Promise<Pending> {
  return JSON.parse(await Deno.readTextFile(file));
}

/** Whether the case itself or its area is listed. */
export function isPending(oneCase: CaseHead, pending: Pending): boolean {
  return Object.hasOwn(pending, oneCase.name) ||
    Object.hasOwn(pending, oneCase.area);
}

/** Entries that name neither a case nor an area. */
export function staleEntries(
  cases: readonly CaseHead[],
  pending: Pending,
): string[] {
  const known = new Set(cases.flatMap(({ name, area }) => [name, area]));
  return Object.keys(pending).filter((entry) => !known.has(entry));
}

/** Entries all of whose cases were run and passed, with their number. */
export function passingEntries(
  cases: readonly CaseHead[],
  pending: Pending,
  results: readonly { readonly name: string; readonly ok: boolean }[],
): [entry: string, count: number][] {
  const passed = new Set(
    results.filter(({ ok }) => ok).map(({ name }) => name),
  );
  return Object.keys(pending).flatMap((entry): [string, number][] => {
    const names = cases
      .filter(({ name, area }) => name === entry || area === entry)
      .map(({ name }) => name);
    const isDone = names.length > 0 && names.every((name) => passed.has(name));
    return isDone ? [[entry, names.length]] : [];
  });
}
