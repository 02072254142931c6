import type { Handlers } from "../rpc/mod.ts";
import type { Accounts } from "./accounts.ts";
import {
  consumeCredit,
  readMessages,
  readRateLimits,
  readUsage,
  sendNudge,
} from "./usage.ts";

type UsageMethod =
  | "account/rateLimits/read"
  | "account/rateLimitResetCredit/consume"
  | "account/usage/read"
  | "account/workspaceMessages/read"
  | "account/sendAddCreditsNudgeEmail"
  | "account/securitySetup/read";

/** What an account has used, and what its owner is told about it. */
export const usageHandlers: Handlers<Accounts, UsageMethod> = {
  "account/rateLimits/read": readRateLimits,
  "account/rateLimitResetCredit/consume": consumeCredit,
  "account/usage/read": readUsage,
  "account/workspaceMessages/read": readMessages,
  "account/sendAddCreditsNudgeEmail": sendNudge,
  // A reminder of the vendor's; without its backend there is none.
  "account/securitySetup/read": () => ({ notice: null }),
};
