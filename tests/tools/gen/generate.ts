/**
 * Prints everything that follows from the contract's interfaces.
 *
 * @module
 */
import { filesOf } from "../../../src/protocol/_contract_files.ts";
import { type ContractSource, readContract } from "./contract_source.ts";
import { toContract, toSchemas } from "./emit.ts";
import { withMethodTable } from "./method_table.ts";
import { messageUnions, readDefinitions } from "./schemas.ts";
import { cutToStable } from "./stable_cut.ts";

/** The root of the repository. */
export const root = new URL("../../../", import.meta.url);

/**
 * Every printed file with its text, by path below the root.
 *
 * @throws {Error} listing what is wrong with the interfaces.
 */
export async function generate(
  from: URL = root,
): Promise<Map<string, string>> {
  const source = await readContract(from);
  const problems = [...source.problems];
  const definitions = readDefinitions(from, source, problems);
  if (problems.length > 0) {
    throw new Error(`The contract is broken:\n  ${problems.join("\n  ")}`);
  }
  const printed = { ...messageUnions(source), ...definitions };
  const interfaces = allInterfaces(source);
  const files = new Map<string, string>();
  files.set("src/protocol/schemas_gen.ts", toSchemas(definitions, source));
  files.set(
    "src/protocol/contract_gen.ts",
    toContract(printed, interfaces, stableInterfaces(source)),
  );
  for (const [path, text] of filesOf(printed, { experimental: true })) {
    files.set(`schema/json/${path}`, text);
  }
  for (const [path, text] of interfaces) {
    files.set(`schema/typescript/${path}`, text);
  }
  files.set(
    "README.md",
    withMethodTable(
      await Deno.readTextFile(new URL("README.md", from)),
      await Deno.readTextFile(new URL("src/protocol/methods.ts", from)),
    ),
  );
  return files;
}

/** Paths of files that are not what would be printed now. */
export async function drift(
  printed: ReadonlyMap<string, string>,
): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of printed) {
    const present = await Deno.readTextFile(new URL(path, root))
      .catch((error) => {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      });
    if (present !== text) stale.push(path);
  }
  return [...stale, ...await leftovers(printed)].sort();
}

/** Paths of files in the places that are printed but that nothing prints. */
export async function leftovers(
  printed: ReadonlyMap<string, string>,
): Promise<string[]> {
  const found: string[] = [];
  for (const directory of ["schema/json/", "schema/typescript/"]) {
    try {
      for await (const { name } of Deno.readDir(new URL(directory, root))) {
        if (!printed.has(directory + name)) found.push(directory + name);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found.sort();
}

function allInterfaces(source: ContractSource): Map<string, string> {
  const files = [...source.domains, source.methods];
  return withIndex(
    new Map(files.map(({ name, source }) => [name, source.text])),
  );
}

function stableInterfaces(source: ContractSource): Map<string, string> {
  return withIndex(
    cutToStable([...source.domains, source.methods], source.methods),
  );
}

function withIndex(texts: ReadonlyMap<string, string>): Map<string, string> {
  const index = [...texts.keys()].sort()
    .map((name) => `export type * from "./${name}";\n`);
  return new Map([...texts, ["index.ts", index.join("")]]);
}
