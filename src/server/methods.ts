import { accountScopes } from "../account/methods.ts";
import type { Configuration } from "../config/mod.ts";
import { configMethods } from "../config/methods.ts";
import type { Programs } from "../exec/mod.ts";
import { execMethods } from "../exec/methods.ts";
import { extensionScopes } from "../extensions/methods.ts";
import type { Files } from "../files/mod.ts";
import {
  fileMethods,
  type loadSearches,
  searchScopes,
} from "../files/methods.ts";
import { hostScopes } from "../host/methods.ts";
import { migrationScopes } from "../migration/methods.ts";
import type { ModelShelf } from "../model/handlers.ts";
import { type ModelMethod, modelScopes } from "../model/methods.ts";
import {
  bind,
  bindLazily,
  type BoundTable,
  concurrent,
  type Handlers,
  type Table,
} from "../rpc/mod.ts";
import { mcpScopes } from "../mcp/methods.ts";
import { threadScopes } from "../threads/methods.ts";
import type { LazyAccounts } from "./_lazy_accounts.ts";
import type { LazyExtensions } from "./_lazy_extensions.ts";
import type { LazyHost } from "./_lazy_host.ts";
import type { LazyThreads } from "./_lazy_threads.ts";
import type { openMigration } from "./_open_migration.ts";
import type { FinishedMethod } from "./unfinished.ts";

/** The services that the tables work on. */
export interface Services {
  readonly files: Files;
  readonly configuration: Configuration;
  readonly programs: Programs;
  readonly threads: Pick<LazyThreads, "open" | "openMcp">;
  readonly accounts: Pick<LazyAccounts, "open">;
  readonly openModels: () => Promise<{
    readonly handlers: Handlers<ModelShelf, ModelMethod>;
    readonly service: ModelShelf;
  }>;
  readonly host: LazyHost;
  readonly openSearches: () => ReturnType<typeof loadSearches>;
  readonly openMigration: () => ReturnType<typeof openMigration>;
  readonly extensions: Pick<LazyExtensions, "open">;
}

const mockMethods = {
  /** Echoes, so that clients can try the experimental gate. */
  "mock/experimentalMethod": {
    scope: concurrent,
    handle: (_, { value }) => ({ echoed: value ?? null }),
  },
} satisfies Table<undefined, "mock/experimentalMethod">;

/** Every table of every room, by the names of its methods. */
const tables = {
  ...fileMethods,
  ...searchScopes,
  ...execMethods,
  ...configMethods,
  ...mockMethods,
  ...threadScopes,
  ...mcpScopes,
  ...accountScopes,
  ...modelScopes,
  ...hostScopes,
  ...migrationScopes,
  ...extensionScopes,
};

// Does not compile while a method of the contract is neither in a table nor in
// the list of unfinished ones, or is in both.
null as unknown as keyof typeof tables satisfies FinishedMethod;
null as unknown as FinishedMethod satisfies keyof typeof tables;

/** The methods that a server with these services offers. */
export function bindMethods(
  services: Services,
): BoundTable {
  const { files, configuration, programs, threads, accounts, host } = services;
  return new Map([
    ...bind(fileMethods, files),
    ...bindLazily(searchScopes, services.openSearches),
    ...bind(execMethods, programs),
    ...bind(configMethods, configuration),
    ...bind(mockMethods, undefined),
    ...bindLazily(threadScopes, threads.open),
    ...bindLazily(mcpScopes, threads.openMcp),
    ...bindLazily(accountScopes, accounts.open),
    ...bindLazily(modelScopes, services.openModels),
    ...bindLazily(hostScopes, host.open),
    ...bindLazily(migrationScopes, services.openMigration),
    ...bindLazily(extensionScopes, services.extensions.open),
  ]);
}
