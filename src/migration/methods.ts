import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, ordered, type Scope } from "../rpc/mod.ts";

/** In the order in which they were asked for. */
const inTurn: Scope<unknown> = ordered(() => [{
  lane: "migration",
  access: "exclusive",
}]);

/** What the methods of imports wait for; loaded with the server. */
export const migrationScopes = {
  "externalAgentConfig/detect": concurrent,
  "externalAgentConfig/import": inTurn,
  "externalAgentConfig/import/recordHistory": inTurn,
  "externalAgentConfig/import/readHistories": inTurn,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of imports. */
export type MigrationMethod = keyof typeof migrationScopes;
