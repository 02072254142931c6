import { filesOf, type PrintedSchema } from "./_contract_files.ts";

/** Which printed form of the contract. */
export interface PrintOptions {
  /** Interfaces for clients, or JSON Schema (draft 7). */
  kind: "typescript" | "json-schema";
  /** Also what needs `experimentalApi`. */
  experimental: boolean;
}

/**
 * The contract for clients, as texts by relative path. `"typescript"` gives a
 * file for each domain and an `index.ts` that exports them all; `"json-schema"`
 * gives `gangway.schema.json` with every type, and a file for each type that
 * needs no other file.
 *
 * @example Take the interfaces of one domain
 * ```ts
 * import { printContract } from "@gangway/app-server/protocol";
 *
 * const files = await printContract({ kind: "typescript", experimental: true });
 * const interfaces = files.get("fs.ts");
 * if (!interfaces?.includes("FsReadFileParams")) throw new Error("Not there?");
 * ```
 */
export async function printContract(
  options: PrintOptions,
): Promise<Map<string, string>> {
  const { kind, experimental } = options;
  // Hundreds of kilobytes that serving needs nothing of.
  const printed = await import("./contract_gen.ts");
  if (kind === "typescript") {
    const texts = experimental ? printed.interfaces : printed.stableInterfaces;
    return new Map(Object.entries(texts));
  }
  const definitions = Object.entries(printed.definitionsJson)
    .map(([name, json]) => [name, JSON.parse(json) as PrintedSchema]);
  return filesOf(Object.fromEntries(definitions), { experimental });
}
