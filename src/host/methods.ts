import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, type Scope } from "../rpc/mod.ts";

/** What the methods of the machine wait for; loaded with the server. */
export const hostScopes = {
  "environment/add": concurrent,
  "environment/info": concurrent,
  "environment/status": concurrent,
  "feedback/save": concurrent,
  "feedback/upload": concurrent,
  gitDiffToRemote: concurrent,
  "server/diagnostics": concurrent,
  "windowsSandbox/readiness": concurrent,
  "windowsSandbox/setupStart": concurrent,
  "remoteControl/enable": concurrent,
  "remoteControl/disable": concurrent,
  "remoteControl/status/read": concurrent,
  "remoteControl/pairing/start": concurrent,
  "remoteControl/pairing/status": concurrent,
  "remoteControl/client/list": concurrent,
  "remoteControl/client/revoke": concurrent,
  "userVerification/status": concurrent,
  "userVerification/enroll": concurrent,
  "userVerification/delete": concurrent,
  "userVerification/verify": concurrent,
  "userVerification/cancel": concurrent,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of the machine. */
export type HostMethod = keyof typeof hostScopes;
