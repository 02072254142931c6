import type { Migration, MigrationDesk } from "../migration/mod.ts";
import type { MigrationMethod } from "../migration/methods.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { LazyExtensions } from "./_lazy_extensions.ts";
import type { LazyThreads } from "./_lazy_threads.ts";
import { ExtensionsPluginKeeper } from "./_plugin_keeper.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** Loads what takes over from other agents; most clients never ask for it. */
export async function openMigration(
  rooms: RoomsOnDemand,
  threads: Pick<LazyThreads, "open">,
  extensions: Pick<LazyExtensions, "load">,
  migration: Omit<Migration, "sessionKeeper" | "pluginKeeper">,
): Promise<{
  readonly handlers: Handlers<MigrationDesk, MigrationMethod>;
  readonly service: MigrationDesk;
}> {
  const side = await rooms.load();
  const { MigrationDesk } = await side.migration();
  const { migrationHandlers } = await side.migrationHandlers();
  return {
    handlers: migrationHandlers,
    service: new MigrationDesk({
      ...migration,
      pluginKeeper: new ExtensionsPluginKeeper(extensions),
      sessionKeeper: {
        async keep(session, name) {
          const { service } = await threads.open();
          const { importThread } = await side.threads();
          return await importThread(service, session, { name });
        },
        async extend(threadId, session) {
          const { service } = await threads.open();
          const { growImportedThread } = await side.threads();
          return await growImportedThread(service, threadId, session);
        },
      },
    }),
  };
}
