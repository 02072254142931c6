import assert from "node:assert/strict";
import type { SandboxPolicy } from "../protocol/mod.ts";
import {
  moveRoots,
  toOwnRoots,
  toToldPolicy,
  toWholeRoots,
} from "./_workspace_roots.ts";

const at = "/w";
type Writing = Extract<SandboxPolicy, { type: "workspaceWrite" }>;
const writing: Writing = {
  type: "workspaceWrite",
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};

function told(
  roots: string[],
  policy: Partial<Writing> = {},
  tmpdir = "",
): unknown {
  const policyTold = toToldPolicy({
    cwd: at,
    environments: [{
      environmentId: "local",
      cwd: at,
      runtimeWorkspaceRoots: roots,
    }],
    sandboxPolicy: { ...writing, ...policy },
  }, tmpdir);
  assert.ok(policyTold.type === "workspaceWrite");
  const { writableRoots, excludeTmpdirEnvVar, excludeSlashTmp } = policyTold;
  return [writableRoots, excludeTmpdirEnvVar, excludeSlashTmp];
}

Deno.test("toWholeRoots: absolute without detours, each once", () => {
  assert.deepEqual(
    toWholeRoots(["/w/a/", "/w/a/../b", "/w/a", "/"]),
    ["/w/a", "/w/b", "/"],
  );
});

Deno.test("moveRoots: where it worked is where it works, the rest stays", () => {
  assert.deepEqual(moveRoots(["/w", "/x"], "/w", "/v"), ["/v", "/x"]);
  assert.deepEqual(moveRoots(["/w", "/v"], "/w", "/v"), ["/v"]);
  assert.deepEqual(moveRoots(["/x"], "/w", "/v"), ["/x"]);
  assert.deepEqual(moveRoots(["/x"], undefined, "/v"), ["/x"]);
});

Deno.test("toOwnRoots: those of another place are not the thread's own", () => {
  const environment = {
    environmentId: "local",
    cwd: at,
    runtimeWorkspaceRoots: ["/x"],
  };
  assert.deepEqual(toOwnRoots({ cwd: at, environments: [environment] }), [
    "/x",
  ]);
  assert.deepEqual(
    toOwnRoots({ cwd: "/other", environments: [environment] }),
    ["/other"],
  );
  assert.deepEqual(toOwnRoots({ cwd: at, environments: [] }), [at]);
});

Deno.test("toToldPolicy: roots can be written, where it works needs no saying", () => {
  assert.deepEqual(told([at]), [[], false, false]);
  assert.deepEqual(told([at, "/x"]), [["/x"], false, false]);
  assert.deepEqual(
    told([at, "/x"], { writableRoots: ["/y", "/x", at] }),
    [["/x", "/y"], false, false],
  );
  assert.deepEqual(told(["/x"], { writableRoots: [at] }), [
    ["/x"],
    false,
    false,
  ]);
});

Deno.test("toToldPolicy: one that may not write where it works is told whole", () => {
  assert.deepEqual(told([]), [["/tmp"], true, false]);
  assert.deepEqual(
    told(["/x"], { writableRoots: ["/y"] }, "/t"),
    [["/x", "/tmp", "/t", "/y"], false, false],
  );
  assert.deepEqual(
    told(["/x"], { excludeSlashTmp: true }, "/t"),
    [["/x", "/t"], false, true],
  );
  assert.deepEqual(
    told(["/x"], { excludeTmpdirEnvVar: true }, "/t"),
    [["/x", "/tmp"], true, false],
  );
  assert.deepEqual(told(["/x"], {}, "relative"), [
    ["/x", "/tmp"],
    true,
    false,
  ]);
});

Deno.test("toToldPolicy: other policies are told as they are", () => {
  const sandboxPolicy = { type: "readOnly", networkAccess: true } as const;
  assert.equal(
    toToldPolicy({ cwd: at, environments: [], sandboxPolicy }),
    sandboxPolicy,
  );
});
