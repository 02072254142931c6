import type { Access } from "../access/mod.ts";
import type {
  ExternalAgentConfigDetectParams,
  ExternalAgentConfigImportHistoryRecordParams,
  ExternalAgentConfigImportParams,
  ExternalAgentConfigImportTypeResult,
  ExternalAgentConfigMigrationItem,
} from "../protocol/mod.ts";
import { ImportHistories } from "./_import_histories.ts";
import { type Kind, kinds, type Piece } from "./_pieces.ts";
import { Ground, homePlace, type Place, repositoryPlace } from "./_place.ts";

/** What imports go by. */
export interface Migration {
  /** The server's home. */
  readonly home: string;
  /** The user's, if it is known. */
  readonly userHome: string | undefined;
  /** What clients may touch. */
  readonly access: Access;
}

/** Sources whose settings are of another kind: nothing is found of them. */
const otherSources = new Set(["cursor"]);

/** The order in which the kinds are told when all is done. */
const told: readonly string[] = [
  "CONFIG",
  "SKILLS",
  "AGENTS_MD",
  "PLUGINS",
  "MCP_SERVER_CONFIG",
  "SUBAGENTS",
  "HOOKS",
  "COMMANDS",
  "MEMORY",
  "SESSIONS",
];

/** Finds what can be taken over from another agent, and takes it over. */
export class MigrationDesk {
  /** The imports of the past. */
  readonly histories: ImportHistories;
  readonly #migration: Migration;
  readonly #ground: Ground;

  constructor(migration: Migration) {
    this.#migration = migration;
    this.#ground = new Ground(migration.access);
    this.histories = new ImportHistories(`${migration.home}/gangway`);
  }

  /** What is there and not taken over yet. */
  async detect(
    params: ExternalAgentConfigDetectParams,
  ): Promise<ExternalAgentConfigMigrationItem[]> {
    const { includeHome, cwds, migrationSource } = params;
    if (otherSources.has(migrationSource ?? "")) return [];
    const asked = [...includeHome ? [null] : [], ...cwds ?? []];
    const places = (await Promise.all(asked.map((cwd) => this.#place(cwd))))
      .filter((place) => place !== undefined);
    const items: ExternalAgentConfigMigrationItem[] = [];
    for (const place of places) {
      for (const kind of kinds) {
        const pieces = await kind.find(place, this.#ground);
        if (pieces.length > 0) items.push(toItem(kind, place, pieces));
      }
    }
    return items;
  }

  /**
   * Takes things over, one item after the other, and keeps how it went.
   *
   * @param onItem Told after each item. @returns The same by kinds.
   */
  async import(
    importId: string,
    { migrationItems, providerId }: ExternalAgentConfigImportParams,
    onItem: (result: ExternalAgentConfigImportTypeResult) => void,
  ): Promise<ExternalAgentConfigImportTypeResult[]> {
    const results = new Map<string, ExternalAgentConfigImportTypeResult>();
    for (const item of migrationItems) {
      const result = await this.#import(item);
      onItem(result);
      const { itemType } = item;
      const sum = results.get(itemType) ??
        { itemType, successes: [], failures: [] };
      sum.successes.push(...result.successes);
      sum.failures.push(...result.failures);
      results.set(itemType, sum);
    }
    const all = [...results.values()].sort((one, other) =>
      told.indexOf(one.itemType) - told.indexOf(other.itemType)
    );
    await this.histories.add({
      importId,
      providerId: providerId ?? null,
      completedAtMs: Date.now(),
      successes: all.flatMap(({ successes }) => successes),
      failures: all.flatMap(({ failures }) => failures),
    });
    return all;
  }

  /** Keeps an import that somebody else has done. @returns Its id. */
  async record(
    params: ExternalAgentConfigImportHistoryRecordParams,
  ): Promise<string> {
    const importId = crypto.randomUUID();
    const { providerId, itemTypeResults } = params;
    await this.histories.add({
      importId,
      providerId,
      completedAtMs: Date.now(),
      successes: itemTypeResults.flatMap(({ successes }) =>
        successes.map((one) => ({
          itemType: one.itemType,
          cwd: one.cwd ?? null,
          source: one.source ?? null,
          target: one.target ?? null,
          title: one.title ?? null,
        }))
      ),
      failures: itemTypeResults.flatMap(({ failures }) =>
        failures.map((one) => ({
          itemType: one.itemType,
          errorType: one.errorType ?? null,
          subErrorType: one.subErrorType ?? null,
          failureStage: one.failureStage,
          message: one.message,
          cwd: one.cwd ?? null,
          source: one.source ?? null,
        }))
      ),
    });
    return importId;
  }

  async #import(
    item: ExternalAgentConfigMigrationItem,
  ): Promise<ExternalAgentConfigImportTypeResult> {
    const { itemType, details } = item;
    const cwd = item.cwd || null;
    const result: ExternalAgentConfigImportTypeResult = {
      itemType,
      successes: [],
      failures: [],
    };
    const fail = (failureStage: string, message: string, source?: string) => {
      result.failures.push({
        itemType,
        errorType: null,
        subErrorType: null,
        failureStage,
        message,
        cwd,
        source: source ?? null,
      });
    };
    const kind = kinds.find(({ type }) => type === itemType);
    const place = await this.#place(cwd);
    if (kind === undefined || place === undefined) {
      fail("unsupported", `${itemType} can't be taken over by this server`);
      return result;
    }
    const chosen = kind.list && details?.[kind.list]?.map(({ name }) => name);
    for (const piece of await kind.find(place, this.#ground)) {
      const { source, target } = piece;
      if (chosen !== undefined && !chosen.includes(source)) continue;
      try {
        await piece.write();
        result.successes.push({ itemType, cwd, source, target, title: null });
      } catch (error) {
        fail("write", (error as Error).message, source);
      }
    }
    return result;
  }

  /** A place; nothing for a home that is not known. */
  async #place(cwd: string | null): Promise<Place | undefined> {
    const { home, userHome } = this.#migration;
    if (cwd !== null) return await this.#findRepository(cwd, userHome);
    return userHome === undefined ? undefined : homePlace(userHome, home);
  }

  /**
   * The repository that a directory lies in; else the directory itself. Nothing
   * for a directory that is not there.
   */
  async #findRepository(
    cwd: string,
    userHome: string | undefined,
  ): Promise<Place | undefined> {
    const start = (cwd.startsWith("/") ? cwd : `${Deno.cwd()}/${cwd}`)
      .replace(/(?<=.)\/+$/, "");
    if (!await this.#ground.has(start)) return undefined;
    let root = start;
    while (root !== "" && !await this.#ground.has(`${root}/.git`)) {
      root = root.slice(0, root.lastIndexOf("/"));
    }
    return repositoryPlace(root === "" ? start : root, userHome);
  }
}

function toItem(
  kind: Kind,
  place: Place,
  pieces: readonly Piece[],
): ExternalAgentConfigMigrationItem {
  const { type, list } = kind;
  const details = list === undefined ? null : {
    plugins: [],
    skills: [],
    sessions: [],
    mcpServers: [],
    hooks: [],
    subagents: [],
    commands: [],
    [list]: pieces.map(({ source }) => ({ name: source })),
  };
  return {
    itemType: type,
    description: kind.describe(place),
    cwd: place.cwd,
    details,
  };
}
