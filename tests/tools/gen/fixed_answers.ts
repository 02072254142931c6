import type { MethodName } from "../../../src/protocol/mod.ts";

/** How a method answers that does not do what its name says. */
export type FixedAnswer =
  /** An error, whatever is asked for. */
  | "refused"
  /** A result that says: there is none, it is off, it is the same for all. */
  | "nothing to tell";

/**
 * Methods that this server knows, checks and answers, but has nothing behind:
 * mostly because what stands behind them is the vendor's. The method table
 * marks them; `docs/compatibility.md` says why.
 */
export const fixedAnswers: Partial<Record<MethodName, FixedAnswer>> = {
  "userVerification/status": "nothing to tell",
  "userVerification/enroll": "refused",
  "userVerification/delete": "refused",
  "userVerification/verify": "refused",
  "userVerification/cancel": "nothing to tell",
  "thread/prediction/request": "refused",
  "thread/guardianReview": "refused",
  "thread/memory/read": "nothing to tell",
  "memory/status": "nothing to tell",
  "rollout/compress": "nothing to tell",
  "thread/realtime/start": "refused",
  "thread/realtime/appendAudio": "refused",
  "thread/realtime/appendText": "refused",
  "thread/realtime/appendSpeech": "refused",
  "thread/realtime/stop": "nothing to tell",
  "thread/realtime/listVoices": "nothing to tell",
  "account/securitySetup/read": "nothing to tell",
  "account/gatewayOAuth/read": "nothing to tell",
  "account/gatewayOAuth/login": "refused",
  "account/gatewayOAuth/cancel": "nothing to tell",
  "account/bedrock/discover": "nothing to tell",
  "account/bedrock/setup": "refused",
  "account/bedrock/checkGovCloudRequirements": "nothing to tell",
  "account/gcp/setup": "refused",
  "accountSession/switch": "refused",
  "app/list": "nothing to tell",
  "app/read": "nothing to tell",
  "app/installed": "nothing to tell",
  "plugin/reconcile": "nothing to tell",
  "plugin/skill/read": "refused",
  "plugin/share/save": "refused",
  "plugin/share/updateTargets": "refused",
  "plugin/share/list": "refused",
  "plugin/share/checkout": "refused",
  "plugin/share/delete": "refused",
  "mcpServer/event/stream/start": "refused",
  "mcpServer/event/stream/stop": "nothing to tell",
  "remoteControl/status/read": "nothing to tell",
  "remoteControl/enable": "refused",
  "remoteControl/disable": "nothing to tell",
  "remoteControl/pairing/start": "refused",
  "remoteControl/pairing/status": "refused",
  "remoteControl/client/list": "refused",
  "remoteControl/client/revoke": "refused",
  "feedback/upload": "refused",
  "windowsSandbox/readiness": "nothing to tell",
  "windowsSandbox/setupStart": "nothing to tell",
};
