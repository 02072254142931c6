import type { ConfigTable } from "./config.ts";
import type { TomlTable } from "./toml.ts";

/** Keys that name a file, and the key that its text stands for. */
const textFiles = {
  model_instructions_file: {
    key: "instructions",
    name: "model instructions file",
  },
  experimental_compact_prompt_file: {
    key: "compact_prompt",
    name: "experimental compact prompt file",
  },
} as const;

/**
 * Reads what the configuration keeps in files of its own: their texts stand
 * where they would be written in the configuration itself.
 *
 * @throws {RangeError} if a file can't be read, or has nothing in it.
 */
export async function withTexts(table: TomlTable): Promise<TomlTable> {
  let filled = table;
  for (const [fileKey, { key, name }] of Object.entries(textFiles)) {
    const path = table[fileKey];
    if (typeof path !== "string") continue;
    const text = await readText(path, name);
    filled = Object.assign(Object.create(null), filled, { [key]: text });
  }
  return filled;
}

/**
 * The models that the configuration brings along in a file of its own;
 * undefined if it brings none. What reads that file is loaded with it.
 *
 * @throws {RangeError} if the file can't be read, or is no such catalogue.
 */
export async function readModels(
  { model_catalog_json: path }: TomlTable,
): Promise<readonly ConfigTable[] | undefined> {
  if (typeof path !== "string") return undefined;
  const { readModelCatalogue } = await import("./_model_catalogue.ts");
  return await readModelCatalogue(path);
}

async function readText(path: string, name: string): Promise<string> {
  let text: string;
  try {
    text = (await Deno.readTextFile(path)).trim();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [reason] = /^.*?\(os error \d+\)/.exec(message) ?? [message];
    throw new RangeError(`failed to read ${name} ${path}: ${reason}`, {
      cause: error,
    });
  }
  if (text === "") throw new RangeError(`${name} is empty: ${path}`);
  return text;
}
