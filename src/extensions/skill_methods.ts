import { RpcError } from "../protocol/mod.ts";
import { EncodedResult, type Handlers } from "../rpc/mod.ts";
import type { Extensions } from "./extensions.ts";

type SkillMethod =
  | "skills/list"
  | "skills/config/write"
  | "skills/extraRoots/set"
  | "hooks/list";

/** Skills and hooks. */
export const skillHandlers: Handlers<Extensions, SkillMethod> = {
  "skills/list": async ({ skills }, { cwds, forceReload = false }) => {
    const entries = await Promise.all(
      orHere(cwds).map((cwd) => skills.tell(cwd, forceReload)),
    );
    return new EncodedResult((around) => skills.encode(entries, around));
  },
  "skills/config/write": async ({ skills }, params) => ({
    effectiveEnabled: await skills.turn(params),
  }),
  "skills/extraRoots/set": ({ skills }, { extraRoots }) => {
    skills.setExtraRoots(extraRoots);
    return {};
  },
  "hooks/list": async (extensions, { cwds = [], threadId }) => {
    const { hooks } = extensions;
    if (threadId != null) {
      if (cwds.length > 0) {
        throw RpcError.invalidRequest("specify either threadId or cwds");
      }
      return { data: [await hooks.tell(extensions.cwdOf(threadId))] };
    }
    return {
      data: await Promise.all(orHere(cwds).map((cwd) => hooks.tell(cwd))),
    };
  },
};

function orHere(cwds: readonly string[] | undefined): readonly string[] {
  return cwds === undefined || cwds.length === 0 ? [Deno.cwd()] : cwds;
}
