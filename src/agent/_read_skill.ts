import { readFile, type Reading } from "./_read_file.ts";

/** Bytes of the longest skill that is sent whole. */
const maxBytes = 256 * 1024;

/** A skill as the model reads it. */
export async function readSkill(
  { name, path }: { name: string; path: string },
  reading: Reading,
): Promise<string> {
  const file = await readFile(path, maxBytes, reading);
  const body = "error" in file
    ? `The skill can't be read: ${file.error}`
    : new TextDecoder().decode(file.bytes) +
      (file.isCut
        ? `\n[The rest is left out; read ${path} for all of it]`
        : "");
  return `<skill>\n<name>${name}</name>\n<path>${path}</path>\n${body}\n</skill>`;
}
