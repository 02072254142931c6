import { RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Extensions } from "./extensions.ts";

const maxIds = 100;

/** Apps: there are none without an account of the vendor. */
export const appHandlers: Handlers<
  Extensions,
  "app/list" | "app/read" | "app/installed"
> = {
  "app/list": async (extensions, { threadId }) => {
    if (threadId != null) extensions.cwdOf(threadId);
    await extensions.refuseBroken();
    return { data: [], nextCursor: null };
  },
  "app/read": (extensions, { appIds, threadId }) => {
    if (appIds.length > maxIds) {
      throw RpcError.invalidParams(
        `app/read accepts at most ${maxIds} appIds`,
      );
    }
    if (threadId != null) extensions.cwdOf(threadId);
    return { apps: [], missingAppIds: [...new Set(appIds)] };
  },
  "app/installed": (extensions, { threadId }) => {
    if (threadId != null) extensions.cwdOf(threadId);
    return { apps: [] };
  },
};
