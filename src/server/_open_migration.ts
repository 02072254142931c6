import type { Migration, MigrationDesk } from "../migration/mod.ts";
import type { MigrationMethod } from "../migration/methods.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** Loads what takes over from other agents; most clients never ask for it. */
export async function openMigration(
  rooms: RoomsOnDemand,
  migration: Migration,
): Promise<{
  readonly handlers: Handlers<MigrationDesk, MigrationMethod>;
  readonly service: MigrationDesk;
}> {
  const side = await rooms.load();
  const { MigrationDesk } = await side.migration();
  const { migrationHandlers } = await side.migrationHandlers();
  return { handlers: migrationHandlers, service: new MigrationDesk(migration) };
}
