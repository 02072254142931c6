import type { Handlers } from "../rpc/mod.ts";
import type { Accounts } from "./accounts.ts";
import { cloudHandlers } from "./cloud_methods.ts";
import type { AccountMethod } from "./methods.ts";
import { signInHandlers } from "./sign_in_methods.ts";
import { usageHandlers } from "./usage_methods.ts";

/** What the methods of the account do; loaded with the first of them. */
export const accountHandlers: Handlers<Accounts, AccountMethod> = {
  ...signInHandlers,
  ...usageHandlers,
  ...cloudHandlers,
};
