import type { Migration, MigrationDesk } from "../migration/mod.ts";
import {
  loadMigrationHandlers,
  type MigrationMethod,
} from "../migration/methods.ts";
import type { Handlers } from "../rpc/mod.ts";

/** Loads what takes over from other agents; most clients never ask for it. */
export async function openMigration(migration: Migration): Promise<{
  readonly handlers: Handlers<MigrationDesk, MigrationMethod>;
  readonly service: MigrationDesk;
}> {
  const [handlers, { MigrationDesk }] = await Promise.all([
    loadMigrationHandlers(),
    import("../migration/mod.ts"),
  ]);
  return { handlers, service: new MigrationDesk(migration) };
}
