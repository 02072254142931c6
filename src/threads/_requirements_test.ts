import assert from "node:assert/strict";
import { Config } from "../config/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";
import { narrow, type Narrowed, refuseWider } from "./_requirements.ts";
import { Listener, openWorld } from "./_scripted_world_test.ts";
import { applyChanges } from "./start_turn.ts";
import { startThread } from "./start_thread.ts";

type Requirements = NonNullable<Config["requirements"]>;

function demanding(requirements: Partial<Requirements>): Config {
  return new Config({
    requirements: requirements as Requirements,
    demandSources: {
      allowed_approval_policies: "/etc/codex/managed_config.toml",
      allowed_sandbox_modes: "/etc/codex/requirements.toml",
    },
  });
}

const strict = demanding({
  allowedApprovalPolicies: ["on-request", "untrusted"],
  allowedSandboxModes: ["read-only", "workspace-write"],
  allowedApprovalsReviewers: ["user"],
});

const free: Narrowed = {
  approvalPolicy: "never",
  approvalsReviewer: "auto_review",
  sandboxPolicy: { type: "dangerFullAccess" },
  activePermissionProfile: { id: ":danger-full-access", extends: null },
};

const kept: Narrowed = {
  approvalPolicy: "untrusted",
  approvalsReviewer: "user",
  sandboxPolicy: {
    type: "workspaceWrite",
    writableRoots: [],
    networkAccess: false,
    excludeTmpdirEnvVar: false,
    excludeSlashTmp: false,
  },
  activePermissionProfile: null,
};

Deno.test("narrow gives what is demanded in place of what is not allowed", () => {
  const told: string[] = [];
  const narrowed = narrow(free, strict, (message) => told.push(message));
  assert.deepEqual(narrowed, {
    approvalPolicy: "on-request",
    approvalsReviewer: "user",
    sandboxPolicy: { type: "readOnly", networkAccess: false },
    activePermissionProfile: null,
  });
  assert.deepEqual(told, [
    "Configured value for `approval_policy` is disallowed by requirements; " +
    "falling back to required value OnRequest. Details: invalid value for " +
    "`approval_policy`: `Never` is not in the allowed set " +
    "[OnRequest, UnlessTrusted] (set by /etc/codex/managed_config.toml)",
    "Configured value for `approvals_reviewer` is disallowed by requirements; " +
    "falling back to required value User. Details: invalid value for " +
    "`approvals_reviewer`: `AutoReview` is not in the allowed set [User] " +
    "(set by requirements.toml)",
    "Configured value for `permission_profile` is disallowed by requirements; " +
    "falling back to required value ReadOnly. Details: invalid value for " +
    "`sandbox_mode`: `DangerFullAccess` is not in the allowed set " +
    "[ReadOnly, WorkspaceWrite] (set by /etc/codex/requirements.toml)",
  ]);
});

Deno.test("narrow leaves alone what is allowed, and what nobody narrows", () => {
  assert.equal(narrow(kept, strict), kept);
  assert.equal(narrow(free, new Config()), free);
  assert.equal(narrow(free, demanding({})), free);
});

Deno.test("narrow takes another's sandbox for more than a mode", () => {
  const outside: Narrowed = {
    ...kept,
    sandboxPolicy: { type: "externalSandbox", networkAccess: "restricted" },
  };
  const { sandboxPolicy } = narrow(outside, strict);
  assert.deepEqual(sandboxPolicy, { type: "readOnly", networkAccess: false });
});

Deno.test("narrow allows profiles by name, policies by what they mean", () => {
  const config = demanding({
    allowedPermissionProfiles: { corp: true, ":workspace": false },
  });
  const corp = {
    ...kept,
    activePermissionProfile: { id: "corp", extends: null },
  };
  assert.equal(narrow(corp, config), corp);
  assert.equal(narrow(kept, config).sandboxPolicy.type, "readOnly");
  assert.equal(narrow(free, config).sandboxPolicy.type, "readOnly");
});

Deno.test("narrow compares granular policies by what they say", () => {
  const granular = {
    sandbox_approval: true,
    rules: true,
    mcp_elicitations: false,
  };
  const config = demanding({
    allowedApprovalPolicies: [{
      granular: {
        ...granular,
        skill_approval: false,
        request_permissions: false,
      },
    }],
  });
  const same: Narrowed = { ...kept, approvalPolicy: { granular } };
  assert.equal(narrow(same, config), same);
  const other: Narrowed = {
    ...kept,
    approvalPolicy: { granular: { ...granular, request_permissions: true } },
  };
  assert.notEqual(narrow(other, config), other);
});

Deno.test("refuseWider refuses a change, and not what was there before", () => {
  for (
    const [change, message] of [
      [{ approvalPolicy: "never" }, /`approval_policy`: `Never`/],
      [{ approvalsReviewer: "auto_review" }, /`AutoReview`/],
      [{ sandboxPolicy: { type: "dangerFullAccess" } }, /`DangerFullAccess`/],
      [{ sandboxPolicy: { type: "externalSandbox" } }, /`ExternalSandbox`/],
    ] as const
  ) {
    const after = { ...kept, ...change } as Narrowed;
    assert.throws(() => refuseWider(kept, after, strict), { message });
    refuseWider(kept, after, new Config());
  }
  refuseWider(free, { ...free }, strict);
});

Deno.test("Threads holds requirements for whatever a client asks", async () => {
  await using world = await openWorld([], undefined, {
    configFor: () => Promise.resolve(strict),
  });
  const { threads } = world;
  const me = new Listener();
  world.attend(me);
  const thread = await startThread(threads, {
    approvalPolicy: "never",
    sandbox: "danger-full-access",
  }, { name: "test" });
  thread.followers.join(world.attend(me));
  threads.notices.tellWarnings(thread);
  await thread.introduce();
  await thread.introduce(); // once is enough
  assert.deepEqual(me.methods, [
    "configWarning",
    "configWarning",
    "warning",
    "warning",
  ]);
  const { approvalPolicy, sandboxPolicy } = thread.settings;
  assert.deepEqual(
    { approvalPolicy, sandboxPolicy },
    {
      approvalPolicy: "on-request",
      sandboxPolicy: { type: "readOnly", networkAccess: false },
    },
  );
  const change = (changes: Partial<ThreadSettings>) => () =>
    applyChanges(threads, thread, changes as never);
  assert.throws(change({ approvalPolicy: "never" }), /invalid thread settings/);
  assert.throws(
    change({ sandboxPolicy: { type: "dangerFullAccess" } }),
    /invalid thread settings/,
  );
  assert.deepEqual(thread.settings.sandboxPolicy, sandboxPolicy);
});
