import type { ExternalAgentConfigImportHistory } from "../protocol/mod.ts";

/** Most bytes of the file that are read: its end, where the newest are. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The imports of the past, one on each line of a file. */
export class ImportHistories {
  readonly #path: string;

  /** @param directory Where the server keeps its own files. */
  constructor(directory: string) {
    this.#path = `${directory}/imports.jsonl`;
  }

  /** Keeps one more. */
  async add(history: ExternalAgentConfigImportHistory): Promise<void> {
    const directory = this.#path.slice(0, this.#path.lastIndexOf("/"));
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(this.#path, `${JSON.stringify(history)}\n`, {
      append: true,
      mode: 0o600,
    });
  }

  /** All of them, the newest first. */
  async read(): Promise<ExternalAgentConfigImportHistory[]> {
    const text = await this.#readEnd();
    return text.split("\n").reverse().flatMap((line) => {
      try {
        return [JSON.parse(line) as ExternalAgentConfigImportHistory];
      } catch {
        return []; // empty, cut off, or half written before a crash
      }
    });
  }

  async #readEnd(): Promise<string> {
    try {
      using file = await Deno.open(this.#path);
      const { size } = await file.stat();
      await file.seek(Math.max(0, size - MAX_BYTES), Deno.SeekMode.Start);
      return await new Response(file.readable).text();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}
