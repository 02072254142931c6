import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, type Scope } from "../rpc/mod.ts";

/** A client that reads right behind its own write reads what it wrote. */
const reading: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "config", access: "shared" }],
};

/** One write at a time, whoever asks. */
const writing: Scope<unknown> = {
  reach: "server",
  claims: () => [{ lane: "config", access: "exclusive" }],
};

/** What the methods of models wait for; loaded with the server. */
export const modelScopes = {
  "model/list": reading,
  "modelProvider/list": reading,
  "modelProvider/config/write": writing,
  "modelProvider/capabilities/read": concurrent,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of models. */
export type ModelMethod = keyof typeof modelScopes;
