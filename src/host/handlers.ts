import type { Handlers } from "../rpc/mod.ts";
import { environmentHandlers } from "./environment_methods.ts";
import { feedbackHandlers } from "./feedback_methods.ts";
import { gitHandlers } from "./git_methods.ts";
import type { Host } from "./host.ts";
import { machineHandlers } from "./machine_methods.ts";
import type { HostMethod } from "./methods.ts";
import { remoteHandlers } from "./remote_methods.ts";
import { verificationHandlers } from "./verification_methods.ts";

/** What the methods of the machine do; loaded with the first of them. */
export const hostHandlers: Handlers<Host, HostMethod> = {
  ...remoteHandlers,
  ...environmentHandlers,
  ...feedbackHandlers,
  ...verificationHandlers,
  ...machineHandlers,
  ...gitHandlers,
};
