import type {
  ExternalAgentConfigImportItemTypeFailure as Failure,
  ExternalAgentConfigImportTypeResult as Result,
  ExternalAgentConfigMigrationItem as Item,
} from "../protocol/mod.ts";
import type { SessionKeeper } from "./foreign_session.ts";
import type { LedgerRecord, SessionLedger } from "./_session_ledger.ts";
import type { SessionShelf } from "./_session_shelf.ts";

const itemType = "SESSIONS";

/** What imports of sessions go by. */
export interface SessionImportOptions {
  /** Where they are; missing if the user's home is not known. */
  readonly shelf: SessionShelf | undefined;
  readonly ledger: SessionLedger;
  readonly keeper: SessionKeeper;
  /** Who asked for it. */
  readonly clientName: string;
}

/** Takes over the sessions of one import: first they are named, then read. */
export class SessionImport {
  readonly #options: SessionImportOptions;
  readonly #paths = new Set<string>();

  constructor(options: SessionImportOptions) {
    this.#options = options;
  }

  /** Notes the sessions of an item. @returns what is said of it so far. */
  async add({ details }: Item): Promise<Result | undefined> {
    const sessions = details?.sessions ?? [];
    if (sessions.length === 0) return undefined;
    const failures: Failure[] = [];
    for (const { path } of sessions) {
      if (await this.#options.shelf?.has(path)) this.#paths.add(path);
      else {
        failures.push(toFailure(path, {
          subErrorType: "session_not_detected",
          failureStage: "session_missing",
          message:
            `external agent session was not detected for import: ${path}`,
        }));
      }
    }
    return { itemType, successes: [], failures };
  }

  /** Takes them over. @returns nothing if there are none. */
  async run(): Promise<Result | undefined> {
    if (this.#paths.size === 0) return undefined;
    const result: Result = { itemType, successes: [], failures: [] };
    for (const path of this.#paths) await this.#take(path, result);
    return result;
  }

  /** One that is taken over already is passed over, and said nothing of. */
  async #take(path: string, result: Result): Promise<void> {
    let stage: keyof typeof stages = "session_prepare";
    try {
      const { ledger, shelf, keeper, clientName } = this.#options;
      const known = (await ledger.read()).get(path);
      const { session, sha256, changedMs } = await shelf!.read(path);
      if (session === undefined || session.messages.length === 0) return;
      if (known?.content_sha256 === sha256) return;
      stage = "session_persist";
      const old = known?.imported_thread_id;
      if (old !== undefined && !await keeper.extend(old, session)) return;
      const threadId = old ?? await keeper.keep(session, clientName);
      const { cwd, title } = session;
      stage = "session_ledger";
      // The thread keeps the name that it got first.
      const named = known === undefined ? title : known.title;
      const taken = { threadId, sha256, changedMs, title: named };
      await ledger.add([toRecord(path, taken)]);
      result.successes.push({
        itemType,
        cwd,
        source: path,
        target: threadId,
        title,
      });
    } catch (error) {
      const reason = (error as Error).message;
      result.failures.push(
        toFailure(path, { failureStage: stage, ...stages[stage](reason) }),
      );
    }
  }
}

/** What is said of something that went wrong. */
type Words = Pick<Failure, "subErrorType" | "failureStage" | "message">;

const configPrefix = "failed to load configuration: ";

const stages = {
  session_prepare: (reason: string) => ({
    subErrorType: "failed_to_prepare_session",
    message: `failed to prepare external agent session: ${reason}`,
  }),
  session_persist(reason: string) {
    if (!reason.startsWith(configPrefix)) {
      return {
        subErrorType: "failed_to_persist_session",
        message: `failed to keep imported session: ${reason}`,
      };
    }
    const rest = reason.slice(configPrefix.length);
    const kind = rest.startsWith("Model provider")
      ? "not_found"
      : "invalid_data";
    return {
      subErrorType: `failed_to_load_session_config_${kind}`,
      message: `failed to load imported session config: ${rest}`,
    };
  },
  session_ledger: (reason: string) => ({
    subErrorType: "failed_to_record_session",
    message: `failed to record imported session: ${reason}`,
  }),
} satisfies Record<string, (reason: string) => Omit<Words, "failureStage">>;

function toFailure(source: string, words: Words): Failure {
  const { subErrorType, failureStage, message } = words;
  return {
    itemType,
    errorType: null,
    subErrorType,
    failureStage,
    message,
    cwd: null,
    source,
  };
}

function toRecord(
  path: string,
  taken: {
    readonly threadId: string;
    readonly sha256: string;
    readonly changedMs: number;
    readonly title: string | null;
  },
): LedgerRecord {
  return {
    source_path: path,
    content_sha256: taken.sha256,
    imported_thread_id: taken.threadId,
    imported_at: Math.floor(Date.now() / 1000),
    source_modified_at: taken.changedMs * 1e6,
    connector_names: [],
    title: taken.title,
  };
}
