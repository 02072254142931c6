import assert from "node:assert/strict";
import { Config } from "../config/mod.ts";
import { type Changes, changeSettings, resolveSettings } from "./settings.ts";

const config = new Config({});
const ground = {
  config,
  cwd: "/work",
  trust: undefined,
  defaultModel: "a-model",
  serviceTiers: () => ["priority"],
};
const fresh = resolveSettings({}, {}, ground);

function change(changes: Changes): typeof fresh {
  return changeSettings(fresh, changes, { config, cwd: "/work" });
}

Deno.test("changeSettings names tiers as models do; none is the default one", () => {
  const named = { none: null, fast: "fast", flex: "flex", unknown: "unknown" };
  const tiers = Object.values(named).map((serviceTier) =>
    change({ serviceTier }).serviceTier
  );
  assert.deepEqual(tiers, ["default", "priority", "flex", "unknown"]);
  assert.equal(change({}), fresh);
});

Deno.test("changeSettings fills in what a policy leaves out", () => {
  const policies = [
    { type: "readOnly" },
    { type: "externalSandbox" },
    { type: "dangerFullAccess" },
    { type: "workspaceWrite", writableRoots: ["/more"] },
  ] as const;
  assert.deepEqual(
    policies.map((policy) =>
      change({
        sandboxPolicy: policy.type === "workspaceWrite"
          ? { ...policy, writableRoots: [...policy.writableRoots] }
          : policy,
      }).sandboxPolicy
    ),
    [
      { type: "readOnly", networkAccess: false },
      { type: "externalSandbox", networkAccess: "restricted" },
      { type: "dangerFullAccess" },
      {
        type: "workspaceWrite",
        writableRoots: ["/more"],
        networkAccess: false,
        excludeTmpdirEnvVar: false,
        excludeSlashTmp: false,
      },
    ],
  );
});

Deno.test("resolveSettings remembers a tier, unless the client wishes for another", () => {
  const of = (serviceTier?: string | null) =>
    resolveSettings(
      serviceTier === undefined ? {} : { serviceTier },
      { serviceTier: "flex" },
      ground,
    ).serviceTier;
  assert.deepEqual([of(), of(null), of("fast"), of("unknown")], [
    "flex",
    "default",
    "priority",
    null,
  ]);
});
