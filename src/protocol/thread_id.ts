import { RpcError } from "./errors.ts";

const GROUPS = [8, 4, 4, 4, 12];

/**
 * Reads the id of a thread: a UUID, in any of the forms in which they are
 * written.
 *
 * @param what names it in the error.
 * @throws {RpcError} if it is none, saying what is wrong with it.
 *
 * @example Any form
 * ```ts
 * import { toThreadId } from "@gangway/app-server/protocol";
 * const id = toThreadId("01A1FEE0DAD67C7185B8A42984EAE824");
 * if (id !== "01a1fee0-dad6-7c71-85b8-a42984eae824") throw new Error(id);
 * ```
 */
export function toThreadId(text: string, what = "thread id"): string {
  const id = normalize(text);
  if (id !== undefined) return id;
  throw RpcError.invalidRequest(`invalid ${what}: ${explain(text)}`);
}

function normalize(text: string): string | undefined {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1] ??
    /^urn:uuid:(.*)$/s.exec(text)?.[1] ?? text;
  const isSimple = /^[0-9a-f]{32}$/i.test(inner);
  const isHyphenated =
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
      .test(inner);
  if (isHyphenated) return inner.toLowerCase();
  if (!isSimple) return undefined;
  let at = 0;
  return GROUPS.map((length) => inner.slice(at, at += length)).join("-")
    .toLowerCase();
}

/** Says what is wrong with a text that is no UUID, as clients know it. */
function explain(text: string): string {
  const found = /[^0-9a-fA-F-]/u.exec(text);
  if (found !== null) {
    const at = new TextEncoder().encode(text.slice(0, found.index)).length + 1;
    return "invalid character: expected an optional prefix of `urn:uuid:` " +
      `followed by [0-9a-fA-F-], found \`${found[0]}\` at ${at}`;
  }
  const groups = text.split("-");
  if (groups.length === 1) {
    return `invalid length: expected length 32 for simple format, found ${text.length}`;
  }
  if (groups.length !== GROUPS.length) {
    return `invalid group count: expected 5, found ${groups.length}`;
  }
  const at = groups.findIndex((group, index) => group.length !== GROUPS[index]);
  return `invalid group length in group ${at}: expected ${GROUPS[at]}, ` +
    `found ${groups[at]!.length}`;
}
