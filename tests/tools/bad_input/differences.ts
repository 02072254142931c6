import type { Answer } from "./play.ts";

/**
 * Where one server answers otherwise than the other, grouped by method and
 * cause: success or failure, code, beginning of the text, fields of the result.
 */
export function differences(
  ours: ReadonlyMap<string, Answer>,
  theirs: ReadonlyMap<string, Answer>,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, our] of ours) {
    const their = theirs.get(name);
    const cause = their && difference(our, their);
    if (cause === undefined) continue;
    const [method = "", ...label] = name.split(" ");
    const group = `${method}: ${cause}`;
    groups.set(group, [...groups.get(group) ?? [], label.join(" ")]);
  }
  return groups;
}

function difference(our: Answer, their: Answer): string | undefined {
  if (our.error === undefined || their.error === undefined) {
    if (our.error === their.error) {
      return shapeDifference(our.result, their.result, "result");
    }
    return `${said(our)}, theirs ${said(their)}`;
  }
  const isSame = our.error.code === their.error.code &&
    our.error.message.startsWith(their.error.message);
  return isSame ? undefined : `${said(our)}, theirs ${said(their)}`;
}

function said({ error }: Answer): string {
  return error === undefined
    ? "a result"
    : `${error.code} ${JSON.stringify(error.message.slice(0, 200))}`;
}

/** Values may differ, kinds may not; of lists the first element counts. */
function shapeDifference(
  our: unknown,
  their: unknown,
  at: string,
): string | undefined {
  const [ourKind, theirKind] = [kindOf(our), kindOf(their)];
  if (ourKind !== theirKind) return `${at} is ${ourKind}, theirs ${theirKind}`;
  if (ourKind !== "array" && ourKind !== "object") return undefined;
  const [a, b] = [our, their] as Record<string, unknown>[];
  const names = ourKind === "array"
    ? ["0"]
    : new Set([...Object.keys(a!), ...Object.keys(b!)]);
  for (const name of names) {
    const found = shapeDifference(a![name], b![name], `${at}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
