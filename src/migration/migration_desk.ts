import type { Access } from "../access/mod.ts";
import {
  type ExternalAgentConfigDetectParams,
  type ExternalAgentConfigImportHistoryRecordParams,
  type ExternalAgentConfigImportParams,
  type ExternalAgentConfigImportTypeResult,
  type ExternalAgentConfigMigrationItem,
  RpcError,
} from "../protocol/mod.ts";
import type { SessionKeeper } from "./foreign_session.ts";
import { ImportHistories } from "./_import_histories.ts";
import { kinds } from "./_pieces.ts";
import { Ground, homePlace, type Place, repositoryPlace } from "./_place.ts";
import { findPlugins, importPlugins } from "./_plugin_import.ts";
import type { PluginKeeper } from "./plugin_keeper.ts";
import { toRecorded } from "./_to_recorded.ts";
import { SessionImport } from "./_session_import.ts";
import { SessionLedger } from "./_session_ledger.ts";
import { SessionShelf } from "./_session_shelf.ts";
import { noDetails, toItem } from "./_to_item.ts";

/** What imports go by. */
export interface Migration {
  /** The server's home. */
  readonly home: string;
  /** The user's, if it is known. */
  readonly userHome: string | undefined;
  /** What clients may touch. */
  readonly access: Access;
  /** Makes threads of sessions. */
  readonly sessionKeeper: SessionKeeper;
  /** Installs plugins. */
  readonly pluginKeeper: PluginKeeper;
}

/** How an import is done. */
export interface ImportOptions {
  /** Who asked for it. */
  readonly clientName: string;
  /** Told after each item, and once more of sessions when all are done. */
  readonly onItem: (result: ExternalAgentConfigImportTypeResult) => void;
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
  readonly #shelf: SessionShelf | undefined;
  readonly #ledger: SessionLedger;
  /** Resolves when the imports so far are done. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(migration: Migration) {
    this.#migration = migration;
    const { userHome, access } = migration;
    this.#shelf = userHome === undefined
      ? undefined
      : new SessionShelf(userHome, access);
    this.#ledger = new SessionLedger(migration.home);
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
      if (place.cwd === null) items.push(...await this.#detectPlugins(place));
    }
    if (includeHome) items.push(...await this.#detectSessions(params));
    return items;
  }

  /** @throws {RpcError} if an import asks for what there is not. */
  check({ migrationItems }: ExternalAgentConfigImportParams): void {
    if (migrationItems.every(({ itemType }) => itemType !== "MEMORY")) return;
    throw RpcError.invalidRequest("external agent memory import is disabled");
  }

  /**
   * Takes things over, one item after the other, sessions last, and keeps how
   * it went. One import at a time, each seeing what the one before has done.
   *
   * @returns what was told, by kinds.
   */
  async import(
    importId: string,
    params: ExternalAgentConfigImportParams,
    options: ImportOptions,
  ): Promise<ExternalAgentConfigImportTypeResult[]> {
    const done = this.#idle.then(() =>
      this.#importAll(importId, params, options)
    );
    this.#idle = done.catch(() => {});
    return await done;
  }

  async #importAll(
    importId: string,
    { migrationItems, providerId }: ExternalAgentConfigImportParams,
    { clientName, onItem }: ImportOptions,
  ): Promise<ExternalAgentConfigImportTypeResult[]> {
    const results = new Map<string, ExternalAgentConfigImportTypeResult>();
    const tell = (result: ExternalAgentConfigImportTypeResult | undefined) => {
      if (result === undefined) return;
      onItem(result);
      const { itemType } = result;
      const sum = results.get(itemType) ??
        { itemType, successes: [], failures: [] };
      sum.successes.push(...result.successes);
      sum.failures.push(...result.failures);
      results.set(itemType, sum);
    };
    const sessions = new SessionImport({
      shelf: this.#shelf,
      ledger: this.#ledger,
      keeper: this.#migration.sessionKeeper,
      clientName,
    });
    for (const item of migrationItems) {
      const isSessions = item.itemType === "SESSIONS";
      tell(await (isSessions ? sessions.add(item) : this.#import(item)));
    }
    tell(await sessions.run());
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
    await this.histories.add({
      importId,
      providerId: params.providerId,
      completedAtMs: Date.now(),
      ...toRecorded(params),
    });
    return importId;
  }

  async #detectPlugins(
    place: Place,
  ): Promise<ExternalAgentConfigMigrationItem[]> {
    const { pluginKeeper } = this.#migration;
    const plugins = await findPlugins(place, this.#ground, pluginKeeper);
    if (plugins.length === 0) return [];
    return [{
      itemType: "PLUGINS",
      description:
        `Migrate enabled plugins from ${place.settings}/settings.json`,
      cwd: null,
      details: { ...noDetails, plugins },
    }];
  }

  async #detectSessions(
    { maxSessionAgeDays, maxSessions }: ExternalAgentConfigDetectParams,
  ): Promise<ExternalAgentConfigMigrationItem[]> {
    if (this.#shelf === undefined) return [];
    const sessions = await this.#shelf.find(await this.#ledger.read(), {
      maxAgeDays: maxSessionAgeDays,
      maxSessions,
    });
    if (sessions.length === 0) return [];
    return [{
      itemType: "SESSIONS",
      description: `Migrate recent sessions from ${this.#shelf.root}`,
      cwd: null,
      details: { ...noDetails, sessions },
    }];
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
    if (itemType === "PLUGINS" && place !== undefined) {
      const { pluginKeeper } = this.#migration;
      return await importPlugins(item, place, this.#ground, pluginKeeper);
    }
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
