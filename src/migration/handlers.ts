import type { Handlers } from "../rpc/mod.ts";
import type { MigrationMethod } from "./methods.ts";
import type { MigrationDesk } from "./migration_desk.ts";

/** What the methods of imports do. */
export const migrationHandlers: Handlers<MigrationDesk, MigrationMethod> = {
  async "externalAgentConfig/detect"(desk, params) {
    return { items: await desk.detect(params), connectors: [] };
  },
  "externalAgentConfig/import"(desk, params, { afterReply, client, notify }) {
    desk.check(params);
    const importId = crypto.randomUUID();
    if (params.migrationItems.length === 0) return { importId };
    afterReply(async () => {
      const itemTypeResults = await desk.import(importId, params, {
        clientName: client.name,
        onItem: (result) => {
          notify("externalAgentConfig/import/progress", {
            importId,
            itemTypeResults: [result],
          });
        },
      });
      notify("externalAgentConfig/import/completed", {
        importId,
        itemTypeResults,
      });
    });
    return { importId };
  },
  async "externalAgentConfig/import/recordHistory"(desk, params) {
    return { importId: await desk.record(params) };
  },
  async "externalAgentConfig/import/readHistories"(desk) {
    return { data: await desk.histories.read(), connectors: [] };
  },
};
