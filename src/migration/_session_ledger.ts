import { toObject } from "./_place.ts";

/** A session that was taken over. */
export interface LedgerRecord {
  readonly source_path: string;
  readonly content_sha256: string;
  readonly imported_thread_id: string;
  /** Unix seconds. */
  readonly imported_at: number;
  /** Unix nanoseconds. */
  readonly source_modified_at: number | null;
  readonly connector_names: readonly string[];
  readonly title: string | null;
}

/** What stands in the file: the records, and what else others keep there. */
interface Ledger {
  readonly records: readonly object[];
  readonly detected_connector_records: unknown;
}

/** A number as it stood in the file: nanoseconds are too long for ours. */
const RawJson = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    revive: (key: string, value: unknown, at: { source?: string }) => unknown,
  ): unknown;
};

/**
 * Which sessions were taken over, and what of them: a file in the home, which
 * other servers of the home read and write too. What they put there stays.
 */
export class SessionLedger {
  readonly #path: string;

  /** @param home The server's home. */
  constructor(home: string) {
    this.#path = `${home}/external_agent_session_imports.json`;
  }

  /**
   * What was taken over last of each session, by its path.
   *
   * @throws {SyntaxError} if the file is broken.
   */
  async read(): Promise<ReadonlyMap<string, LedgerRecord>> {
    const { records } = this.#parse(await this.#readText(), JSON.parse);
    return new Map(
      records.map((one) => [(one as LedgerRecord).source_path, one as never]),
    );
  }

  /**
   * Keeps what was taken over, in the place of what is known of the same
   * sessions.
   *
   * @throws {SyntaxError} if the file is broken.
   */
  async add(added: readonly LedgerRecord[]): Promise<void> {
    const ledger = this.#parse(
      await this.#readText(),
      (text) =>
        RawJson.parse(
          text,
          (_, value, { source }) =>
            typeof value === "number" && source !== undefined
              ? RawJson.rawJSON(source)
              : value,
        ),
    );
    const paths = new Set(added.map(({ source_path }) => source_path));
    const records = [
      ...ledger.records.filter((one) =>
        !paths.has((one as LedgerRecord).source_path)
      ),
      ...added,
    ];
    const text = JSON.stringify({ ...ledger, records }, null, 2);
    const temporary = `${this.#path}.${crypto.randomUUID()}.tmp`;
    await Deno.writeTextFile(temporary, text, { mode: 0o600 });
    await Deno.rename(temporary, this.#path);
  }

  #parse(
    text: string,
    parse: (text: string) => unknown,
  ): Ledger {
    try {
      const { records, ...rest } = toObject(parse(text)) ?? {};
      return {
        records: Array.isArray(records)
          ? records.filter((one) => toObject(one) !== undefined)
          : [],
        detected_connector_records: [],
        ...rest,
      };
    } catch (error) {
      const reason = (error as Error).message;
      throw new SyntaxError(
        `invalid external agent session import ledger: ${reason}`,
        { cause: error },
      );
    }
  }

  async #readText(): Promise<string> {
    try {
      return await Deno.readTextFile(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "{}";
      throw error;
    }
  }
}
