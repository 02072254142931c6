import { type Definitions, filesOf } from "./_contract_files.ts";
import { decodeBase64 } from "./base64.ts";

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
  const contract = await unpack();
  if (kind === "json-schema") {
    return filesOf(contract.definitions, { experimental });
  }
  const { interfaces, stableInterfaces } = contract;
  return new Map(Object.entries(experimental ? interfaces : stableInterfaces));
}

/** What `contract_gen.ts` holds. */
interface Contract {
  /** JSON Schemas with all that is known of each type, by type name. */
  readonly definitions: Definitions;
  /** Interfaces by file name. */
  readonly interfaces: Readonly<Record<string, string>>;
  /** Interfaces without what is experimental, by file name. */
  readonly stableInterfaces: Readonly<Record<string, string>>;
}

/** Hundreds of kilobytes that serving needs nothing of. */
async function unpack(): Promise<Contract> {
  const { packedContract } = await import("./contract_gen.ts");
  const text = new Blob([decodeBase64(packedContract)]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(text).json() as Contract;
}
