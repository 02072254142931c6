import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  CommandExecutionItem,
  FileChangeItem,
  ThreadSettings,
} from "../protocol/mod.ts";
import {
  createGround,
  type Ground,
  type GroundOptions,
  plain,
  refuse,
} from "./_tool_ground_test.ts";

const untrusted = {
  approvalPolicy: "untrusted",
  sandboxPolicy: { type: "dangerFullAccess" },
} as const satisfies Partial<ThreadSettings>;
const COMMAND = "item/commandExecution/requestApproval";
const FILES = "item/fileChange/requestApproval";
const touch = { cmd: "touch z && echo made", login: false } as const;

function rejected(reason: string): string {
  return 'exec_command failed: CreateProcess { message: "Rejected(\\"' +
    `${reason}\\")" }`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

function asked(ground: Ground, method = COMMAND): unknown[] {
  return ground.stage.told.filter(([what]) => what === method)
    .map(([, params]) => params);
}

Deno.test("a command is asked about with all that codex servers tell, in their order", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, cwd } = ground;
  stage.answer = () => ({ decision: "accept" });
  const before = Date.now();
  const text = await ground.text("exec_command", touch);
  assert.match(plain(text), /code 0\n.*\nOutput:\nmade\n$/);
  assert.deepEqual(stage.order, [
    "waitingOnApproval",
    "started",
    COMMAND,
    "completed",
  ]);
  const [, started, question] = stage.told.map(([, about]) => about);
  const { startedAtMs, ...params } = question as { startedAtMs: number };
  assert.ok(startedAtMs >= before && startedAtMs <= Date.now());
  assert.deepEqual(params, {
    kind: "command",
    threadId: "thread",
    turnId: "turn",
    itemId: "c1",
    environmentId: "local",
    command: "/bin/bash -c 'touch z && echo made'",
    cwd,
    commandActions: [{ type: "unknown", command: "touch z && echo made" }],
    proposedExecpolicyAmendment: ["touch", "z"],
    availableDecisions: [
      "accept",
      {
        acceptWithExecpolicyAmendment: {
          execpolicy_amendment: ["touch", "z"],
        },
      },
      "cancel",
    ],
  });
  const { source, processId, startedAtMs: at } =
    started as CommandExecutionItem;
  assert.deepEqual([source, processId, at], ["agent", null, startedAtMs]);
  const item = stage.items.get("c1") as CommandExecutionItem;
  assert.equal(item.source, "unifiedExecStartup");
  assert.equal(item.status, "completed");
  assert.notEqual(item.processId, null);
});

/** Answers that are no yes: how the item ends, what the model reads. */
const noes: [string, () => unknown, string, string, boolean][] = [
  [
    "decline",
    () => ({ decision: "decline" }),
    "declined",
    "rejected by user",
    false,
  ],
  [
    "cancel",
    () => ({ decision: "cancel" }),
    "declined",
    "rejected by user",
    true,
  ],
  ["an error", refuse, "failed", "approval request failed", false],
  ["nothing", () => undefined, "failed", "approval request failed", false],
  ["null", () => null, "failed", "approval request failed", false],
  ["a text", () => "accept", "failed", "approval request failed", false],
  [
    "another field",
    () => ({ accept: true }),
    "failed",
    "approval request failed",
    false,
  ],
  [
    "an unknown decision",
    () => ({ decision: "Accept" }),
    "failed",
    "approval request failed",
    false,
  ],
  [
    "a list",
    () => ({ decision: ["accept"] }),
    "failed",
    "approval request failed",
    false,
  ],
  [
    "a rule of other things than words",
    () => ({
      decision: {
        acceptWithExecpolicyAmendment: { execpolicy_amendment: ["touch", 1] },
      },
    }),
    "failed",
    "approval request failed",
    false,
  ],
  [
    "a rule without words",
    () => ({ decision: { acceptWithExecpolicyAmendment: null } }),
    "failed",
    "approval request failed",
    false,
  ],
  [
    "a rule against a host",
    () => ({
      decision: {
        applyNetworkPolicyAmendment: {
          network_policy_amendment: { host: "a", action: "deny" },
        },
      },
    }),
    "declined",
    "rejected by user",
    false,
  ],
  [
    "a rule about a host that says nothing of it",
    () => ({
      decision: {
        applyNetworkPolicyAmendment: { network_policy_amendment: {} },
      },
    }),
    "failed",
    "approval request failed",
    false,
  ],
];

for (const [what, answer, status, reason, endsTurn] of noes) {
  Deno.test(`a command does not run when the answer is ${what}`, async () => {
    await using ground = await createGround({ settings: untrusted });
    const { stage, cwd } = ground;
    stage.answer = answer;
    const output = await ground.call("exec_command", touch);
    assert.deepEqual(output, {
      output: rejected(reason),
      isSuccess: false,
      ...endsTurn && { endsTurn },
    });
    const item = stage.items.get("c1") as CommandExecutionItem;
    assert.deepEqual(
      [item.status, item.aggregatedOutput, item.exitCode],
      [status, null, null],
    );
    assert.equal(stage.order.at(-1), "completed");
    assert.equal(await exists(`${cwd}/z`), false);
    assert.equal(await exists(`${ground.home}/rules`), false);
  });
}

Deno.test("a command never runs on an answer that is no clear yes", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, cwd } = ground;
  const anything = fc.oneof(
    fc.anything(),
    fc.record({ decision: fc.anything() }),
    fc.record({ decision: fc.constantFrom("ACCEPT", "accept ", "yes", true) }),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (answer) => {
      const decision = (answer as { decision?: unknown } | null)?.decision;
      fc.pre(decision !== "accept" && decision !== "acceptForSession");
      stage.answer = () => answer;
      const { isSuccess } = await ground.call("exec_command", touch);
      assert.equal(isSuccess, false);
      assert.equal(await exists(`${cwd}/z`), false);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a command that nobody answers about is given up with its turn, complete", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, cwd } = ground;
  const turn = new AbortController();
  const done = ground.text("exec_command", touch, { signal: turn.signal });
  await stage.until(() => asked(ground).length === 1);
  turn.abort();
  assert.match(await done, /aborted by user$/);
  const item = stage.items.get("c1") as CommandExecutionItem;
  assert.equal(item.status, "declined");
  assert.equal(stage.order.at(-1), "completed");
  assert.equal(await exists(`${cwd}/z`), false);
});

Deno.test("acceptForSession holds for the very same command and no other", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, cwd } = ground;
  await Deno.mkdir(`${cwd}/sub`);
  stage.answer = () => ({ decision: "acceptForSession" });
  await ground.text("exec_command", touch);
  stage.answer = () => ({ decision: "decline" });
  const runs = async (change: object) => {
    const before = asked(ground).length;
    await ground.text("exec_command", { ...touch, ...change });
    return asked(ground).length === before;
  };
  assert.deepEqual(
    [
      await runs({}),
      await runs({ cmd: "touch z && echo made " }),
      await runs({ cmd: "touch z" }),
      await runs({ workdir: "sub" }),
      await runs({ tty: true }),
      await runs({ shell: "sh" }),
      await runs({}),
    ],
    [true, false, false, false, false, false, true],
  );
});

Deno.test("acceptWithExecpolicyAmendment keeps the rule, for others too, and tells the model", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, home } = ground;
  stage.answer = () => ({
    decision: {
      acceptWithExecpolicyAmendment: { execpolicy_amendment: ["touch", "z"] },
    },
  });
  const { note } = await ground.call("exec_command", touch);
  assert.equal(note, 'Approved command prefix saved:\n- ["touch", "z"]');
  assert.equal(
    await Deno.readTextFile(`${home}/rules/default.rules`),
    'prefix_rule(pattern=["touch", "z"], decision="allow")\n',
  );
  stage.answer = () => ({ decision: "decline" });
  await ground.text("exec_command", { cmd: "touch z y", login: false });
  assert.equal(asked(ground).length, 1);
  await ground.text("exec_command", { cmd: "touch y", login: false });
  assert.equal(asked(ground).length, 2);
});

Deno.test("a rule that can't be kept does not undo the yes", async () => {
  await using ground = await createGround({ settings: untrusted });
  await Deno.writeTextFile(`${ground.home}/rules`, "no directory");
  ground.stage.answer = () => ({
    decision: {
      acceptWithExecpolicyAmendment: { execpolicy_amendment: ["touch", "z"] },
    },
  });
  const { isSuccess, note } = await ground.call("exec_command", touch);
  assert.deepEqual([isSuccess, note], [true, undefined]);
});

Deno.test("a forbidden command is not shown and not asked about", async () => {
  await using ground = await createGround({ settings: untrusted });
  await Deno.mkdir(`${ground.home}/rules`);
  await Deno.writeTextFile(
    `${ground.home}/rules/a.rules`,
    'prefix_rule(pattern=["touch"], decision="forbidden", justification="no")\n',
  );
  assert.equal(
    await ground.text("exec_command", { cmd: "touch z", login: false }),
    rejected("`/bin/bash -c 'touch z'` rejected: no"),
  );
  assert.deepEqual(ground.stage.told, []);
});

Deno.test("commands side by side are asked about side by side, and answered in any order", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage } = ground;
  const answers: PromiseWithResolvers<unknown>[] = [];
  stage.answer = () => {
    const answer = Promise.withResolvers<unknown>();
    answers.push(answer);
    return answer.promise;
  };
  const both = [
    ground.text("exec_command", touch),
    ground.text("exec_command", touch),
  ];
  await stage.until(() => asked(ground).length === 2);
  for (const answer of answers.toReversed()) {
    answer.resolve({ decision: "acceptForSession" });
  }
  for (const text of await Promise.all(both)) assert.match(text, /code 0/);
  await ground.text("exec_command", touch);
  assert.equal(asked(ground).length, 2);
});

Deno.test("acceptWithExecpolicyAmendment keeps what the client says, wider or not", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, home } = ground;
  stage.answer = () => ({
    decision: {
      acceptWithExecpolicyAmendment: { execpolicy_amendment: ["touch"] },
    },
  });
  await ground.text("exec_command", touch);
  await ground.text("exec_command", { cmd: "touch y x", login: false });
  assert.equal(asked(ground).length, 1);
  assert.equal(
    await Deno.readTextFile(`${home}/rules/default.rules`),
    'prefix_rule(pattern=["touch"], decision="allow")\n',
  );
});

Deno.test("an amendment without words is a yes, and a warning", async () => {
  await using ground = await createGround({ settings: untrusted });
  const { stage, home } = ground;
  stage.answer = () => ({
    decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: [] } },
  });
  const { isSuccess } = await ground.call("exec_command", touch);
  assert.equal(isSuccess, true);
  assert.deepEqual(
    stage.told.filter(([what]) => what === "warning"),
    [["warning", {
      threadId: "thread",
      message: "Failed to apply execpolicy amendment: failed to update rules " +
        `file ${home}/rules/default.rules: prefix rule requires at least one ` +
        "token",
    }]],
  );
});

Deno.test("a rule for a host is a yes to the command that was asked about", async () => {
  await using ground = await createGround({ settings: untrusted });
  ground.stage.answer = () => ({
    decision: {
      applyNetworkPolicyAmendment: {
        network_policy_amendment: { host: "a.b", action: "allow" },
      },
    },
  });
  const { isSuccess } = await ground.call("exec_command", touch);
  assert.equal(isSuccess, true);
});

const onRequest = {
  approvalPolicy: "on-request",
  sandboxPolicy: {
    type: "workspaceWrite",
    writableRoots: [],
    networkAccess: false,
    excludeSlashTmp: true,
    excludeTmpdirEnvVar: true,
  },
} as const satisfies Partial<ThreadSettings>;

/** A directory that no workspace holds. */
async function createOutside(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ dir: Deno.env.get("HOME") ?? "/" });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("the sandbox of the settings holds for commands, and a yes to escalation opens it", async () => {
  await using outside = await createOutside();
  await using ground = await createGround({ settings: onRequest });
  const { stage, cwd } = ground;
  const inside = await ground.text("exec_command", {
    cmd: "touch a; touch here || echo refused",
    login: false,
  });
  assert.ok(await exists(`${cwd}/here`), inside);
  const cmd = `touch ${outside.path}/x`;
  const closed = await ground.call("exec_command", { cmd, login: false });
  assert.equal(closed.isSuccess, false);
  assert.equal(await exists(`${outside.path}/x`), false);
  assert.equal(asked(ground).length, 0);
  stage.answer = () => ({ decision: "acceptForSession" });
  const escalated = {
    cmd,
    login: false,
    sandbox_permissions: "require_escalated",
    justification: "Let me?",
  };
  const open = await ground.call("exec_command", escalated);
  assert.equal(open.isSuccess, true, String(open.output));
  assert.equal((asked(ground)[0] as { reason: string }).reason, "Let me?");
  // What was agreed to outside of the sandbox does not open it otherwise.
  await Deno.remove(`${outside.path}/x`);
  const again = await ground.call("exec_command", { cmd, login: false });
  assert.equal(again.isSuccess, false);
  assert.equal(asked(ground).length, 1);
});

Deno.test("a sandbox that is not there is a refusal, to the model and to people", async () => {
  const { SandboxUnavailable } = await import("../sandbox/mod.ts");
  await using first = await createGround();
  const { Programs } = await import("../exec/mod.ts");
  const { createSpawner } = await import("../spawn/mod.ts");
  const { Access } = await import("../access/mod.ts");
  await using programs = new Programs({
    createSpawner: () => createSpawner(),
    access: await Access.create({}),
    sandbox: {
      findWarnings: () => Promise.resolve([]),
      findWritable: () => Promise.resolve(() => true),
      findReadable: () => Promise.resolve(() => true),
      launch: () =>
        Promise.reject(new SandboxUnavailable("No sandbox works here")),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  });
  await using ground = await createGround({
    settings: onRequest,
    toolbox: { programs },
  });
  const { output } = await ground.call("exec_command", touch);
  assert.equal(
    output,
    rejected("Failed to create unified exec process: No sandbox works here"),
  );
  const item = ground.stage.items.get("c1") as CommandExecutionItem;
  assert.deepEqual(
    [item.status, item.aggregatedOutput],
    [
      "failed",
      "Failed to create unified exec process: No sandbox works here",
    ],
  );
  assert.equal(await exists(`${ground.cwd}/z`), false);
  assert.equal(first.programs.size, 0);
});

const patch = (body: string) => `*** Begin Patch\n${body}*** End Patch\n`;
const add = (path: string, text = "hello") =>
  patch(`*** Add File: ${path}\n+${text}\n`);

Deno.test("apply_patch changes files, tells the item and the diff of the turn", async () => {
  await using ground = await createGround({ settings: onRequest });
  const { stage, cwd } = ground;
  const { output, isSuccess } = await ground.call(
    "apply_patch",
    add("n.txt"),
  );
  assert.match(
    String(output),
    /^Exit code: 0\nWall time: [\d.]+ seconds\nOutput:\nSuccess\. Updated the following files:\nA n\.txt\n$/,
  );
  assert.equal(isSuccess, true);
  assert.deepEqual(stage.order, ["started", "completed", "turn/diff/updated"]);
  assert.deepEqual(stage.items.get("c1"), {
    type: "fileChange",
    id: "c1",
    changes: [{
      path: `${cwd}/n.txt`,
      kind: { type: "add" },
      diff: "hello\n",
    }],
    status: "completed",
  });
  assert.equal(await Deno.readTextFile(`${cwd}/n.txt`), "hello\n");
  const diff = stage.told.at(-1);
  await ground.toolbox.tellDiff(stage);
  assert.deepEqual(stage.told.at(-1), diff);
  assert.equal(stage.told.length, 4);
});

Deno.test("apply_patch in a command is a patch, not a command", async () => {
  await using ground = await createGround({ settings: onRequest });
  const { stage, cwd } = ground;
  await Deno.mkdir(`${cwd}/sub`);
  const text = await ground.text("exec_command", {
    cmd: `cd sub && apply_patch <<'EOF'\n${add("k.txt")}EOF\n`,
  });
  assert.match(
    text,
    /^Wall time: 0\.0000 seconds\nOutput:\nExit code: 0\n[^]*\nA k\.txt\n$/,
  );
  assert.equal(stage.items.get("c1")?.type, "fileChange");
  assert.equal(await Deno.readTextFile(`${cwd}/sub/k.txt`), "hello\n");
  assert.equal(
    await ground.text("exec_command", {
      cmd: "apply_patch <<'EOF'\ngarbage\nEOF\n",
    }),
    "apply_patch verification failed: invalid patch: The first line of the " +
      "patch must be '*** Begin Patch'",
  );
});

Deno.test("apply_patch outside of the workspace is asked about; a no is told as one", async () => {
  await using outside = await createOutside();
  await using ground = await createGround({ settings: onRequest });
  const { stage } = ground;
  const path = `${outside.path}/x`;
  stage.answer = () => ({ decision: "decline" });
  const no = await ground.call("apply_patch", add(path));
  assert.deepEqual(no, {
    output: "patch rejected by user",
    isSuccess: false,
  });
  assert.deepEqual(stage.order, [
    "started",
    "waitingOnApproval",
    FILES,
    "completed",
  ]);
  assert.equal((stage.items.get("c1") as FileChangeItem).status, "declined");
  stage.answer = () => ({ decision: "cancel" });
  const cancelled = await ground.call("apply_patch", add(path));
  assert.equal(cancelled.endsTurn, true);
  assert.equal((stage.items.get("c2") as FileChangeItem).status, "declined");
  stage.answer = refuse;
  const error = await ground.call("apply_patch", add(path));
  assert.equal(error.output, "approval request failed");
  assert.equal(await exists(path), false);
  stage.answer = () => ({ decision: "acceptForSession" });
  const yes = await ground.call("apply_patch", add(path));
  assert.equal(yes.isSuccess, true, String(yes.output));
  const before = asked(ground, FILES).length;
  const { isSuccess } = await ground.call("apply_patch", add(path, "again"));
  assert.equal(isSuccess, true);
  assert.equal(asked(ground, FILES).length, before);
  stage.answer = () => ({ decision: "decline" });
  await ground.call("apply_patch", add(`${path}2`));
  assert.equal(asked(ground, FILES).length, before + 1);
});

Deno.test("apply_patch through a link out of the workspace is asked about", async () => {
  await using outside = await createOutside();
  await using ground = await createGround({ settings: onRequest });
  const { stage, cwd } = ground;
  await Deno.symlink(outside.path, `${cwd}/link`);
  stage.answer = () => ({ decision: "decline" });
  await ground.call("apply_patch", add("link/x"));
  assert.equal(asked(ground, FILES).length, 1);
  assert.equal(await exists(`${outside.path}/x`), false);
});

Deno.test("apply_patch asks about what commands may not touch in the workspace", async () => {
  await using ground = await createGround({ settings: onRequest });
  const { stage, cwd } = ground;
  await Deno.mkdir(`${cwd}/.git`);
  stage.answer = () => ({ decision: "decline" });
  await ground.call("apply_patch", add(".git/hooks"));
  await ground.call("apply_patch", add(".codex/config.toml"));
  assert.equal(asked(ground, FILES).length, 2);
});

/** Settings under which a patch outside is refused without a question. */
const unaskable: [string, Partial<ThreadSettings>][] = [
  ["never", { approvalPolicy: "never" }],
  ["granular without sandbox_approval", {
    approvalPolicy: {
      granular: {
        sandbox_approval: false,
        rules: true,
        mcp_elicitations: true,
      },
    },
  }],
];

for (const [what, settings] of unaskable) {
  Deno.test(`apply_patch outside of the workspace is refused under ${what}`, async () => {
    await using outside = await createOutside();
    await using ground = await createGround({
      settings: { ...onRequest, ...settings },
    });
    const { output } = await ground.call(
      "apply_patch",
      add(`${outside.path}/x`),
    );
    assert.equal(
      output,
      "patch rejected: writing outside of the project; rejected by user " +
        "approval settings",
    );
    assert.deepEqual(ground.stage.told, []);
    assert.equal(await exists(`${outside.path}/x`), false);
  });
}

Deno.test("apply_patch obeys the server's own rules, whatever anybody agrees to", async () => {
  await using outside = await createOutside();
  const options: GroundOptions = {
    rules: { denyWrite: [outside.path] },
    settings: { ...onRequest, sandboxPolicy: { type: "dangerFullAccess" } },
  };
  await using ground = await createGround(options);
  ground.stage.answer = () => ({ decision: "accept" });
  const { isSuccess, output } = await ground.call(
    "apply_patch",
    add(`${outside.path}/x`),
  );
  assert.equal(isSuccess, false);
  assert.match(String(output), /not allowed/);
  assert.equal(await exists(`${outside.path}/x`), false);
});

Deno.test("request_permissions widens what commands and patches may do, no further than asked", async () => {
  await using outside = await createOutside();
  await using other = await createOutside();
  await using ground = await createGround({ settings: onRequest });
  const { stage, cwd } = ground;
  stage.answer = () => ({
    permissions: {
      network: { enabled: true },
      fileSystem: { write: [outside.path, other.path, "/"] },
    },
  });
  const text = await ground.text("request_permissions", {
    reason: "r",
    permissions: { file_system: { write: [outside.path] } },
  });
  assert.deepEqual(JSON.parse(text), {
    permissions: { network: null, file_system: { write: [outside.path] } },
    scope: "turn",
  });
  const [, params] = stage.told.at(-1)!;
  const { startedAtMs: _, ...question } = params as Record<string, unknown>;
  assert.deepEqual(question, {
    threadId: "thread",
    turnId: "turn",
    itemId: "c1",
    environmentId: "local",
    cwd,
    reason: "r",
    permissions: {
      network: null,
      fileSystem: {
        read: null,
        write: [outside.path],
        entries: [{
          path: { type: "path", path: outside.path },
          access: "write",
        }],
      },
    },
  });
  const write = (path: string) =>
    ground.call("exec_command", { cmd: `touch ${path}/x`, login: false });
  assert.equal((await write(outside.path)).isSuccess, true);
  assert.equal((await write(other.path)).isSuccess, false);
  const patched = await ground.call("apply_patch", add(`${outside.path}/p`));
  assert.equal(patched.isSuccess, true);
  // The next turn has its own.
  const { FakeStage } = await import("./_tool_ground_test.ts");
  const next = await ground.call("exec_command", {
    cmd: `touch ${outside.path}/y`,
    login: false,
  }, { stage: new FakeStage("next") });
  assert.equal(next.isSuccess, false);
});

Deno.test("request_permissions grants nothing on an error, an odd answer, or if nobody may be asked", async () => {
  const nothing = {
    permissions: { network: null, file_system: null },
    scope: "turn",
  };
  const ask = { permissions: { network: { enabled: true } } };
  await using ground = await createGround({ settings: onRequest });
  for (const answer of [refuse, () => ({ permissions: {} })]) {
    ground.stage.answer = answer;
    const text = await ground.text("request_permissions", ask);
    assert.deepEqual(JSON.parse(text), nothing);
  }
  await using never = await createGround();
  assert.deepEqual(
    JSON.parse(await never.text("request_permissions", ask)),
    nothing,
  );
  assert.deepEqual(never.stage.told, []);
  assert.equal(
    await ground.text("request_permissions", { permissions: {} }),
    "request_permissions requires at least one permission",
  );
});

const reviewed = { ...onRequest, approvalsReviewer: "auto_review" } as const;
const escalated = {
  ...touch,
  sandbox_permissions: "require_escalated",
  justification: "Let me?",
} as const;

Deno.test("a reviewer answers in place of people, and is seen to", async () => {
  const review = {
    status: "approved",
    riskLevel: "low",
    userAuthorization: "high",
    rationale: "fine",
  } as const;
  await using ground = await createGround({
    settings: reviewed,
    toolbox: {
      reviewer: {
        review: () => Promise.resolve({ isApproved: true, review }),
      },
    },
  });
  const { stage, cwd } = ground;
  assert.equal((await ground.call("exec_command", escalated)).isSuccess, true);
  assert.deepEqual(stage.order, [
    "started",
    "item/autoApprovalReview/started",
    "guardianWarning",
    "item/autoApprovalReview/completed",
    "completed",
  ]);
  const told = new Map(stage.told.map(([what, about]) => [what, about]));
  const { startedAtMs: _, completedAtMs: __, reviewId, ...completed } = told
    .get("item/autoApprovalReview/completed") as Record<string, unknown>;
  assert.match(String(reviewId), /^[0-9a-f-]{36}$/);
  assert.deepEqual(completed, {
    threadId: "thread",
    turnId: "turn",
    targetItemId: "c1",
    decisionSource: "agent",
    review,
    action: {
      type: "command",
      source: "unifiedExec",
      command: "/bin/bash -c 'touch z && echo made'",
      cwd,
    },
  });
  assert.deepEqual(told.get("guardianWarning"), {
    threadId: "thread",
    message: "Automatic approval review approved (risk: low, " +
      "authorization: high): fine",
  });
});

Deno.test("a reviewer that denies, fails or is not there is a no", async () => {
  const denied = {
    status: "denied",
    riskLevel: "high",
    userAuthorization: "low",
    rationale: "bad idea",
  } as const;
  const reviewers = [
    { review: () => Promise.resolve({ isApproved: false, review: denied }) },
    { review: () => Promise.reject(new Error("bad idea")) },
    undefined,
  ];
  for (const reviewer of reviewers) {
    await using ground = await createGround({
      settings: reviewed,
      toolbox: { reviewer },
    });
    const { output } = await ground.call("exec_command", escalated);
    assert.match(String(output), /rejected by the automatic review/);
    const item = ground.stage.items.get("c1") as CommandExecutionItem;
    assert.equal(item.status, "declined");
    assert.equal(await exists(`${ground.cwd}/z`), false);
    const no = await ground.call("apply_patch", add("/nowhere/x"));
    assert.equal(no.isSuccess, false);
  }
});

const granular = {
  ...onRequest,
  approvalPolicy: {
    granular: { sandbox_approval: true, rules: true, mcp_elicitations: true },
  },
} as const satisfies Partial<ThreadSettings>;

Deno.test("a command that the sandbox stops at once is asked about again, and shown once", async () => {
  await using outside = await createOutside();
  await using ground = await createGround({
    settings: granular,
    toolbox: { trialMs: 60_000 },
  });
  const { stage } = ground;
  const cmd = `echo hi; touch ${outside.path}/x`;
  stage.answer = () => ({ decision: "decline" });
  const no = await ground.call("exec_command", { cmd, login: false });
  assert.equal(no.output, rejected("rejected by user"));
  assert.deepEqual(stage.order, [
    "waitingOnApproval",
    "started",
    COMMAND,
    "completed",
  ]);
  assert.equal(
    (asked(ground)[0] as { reason: string }).reason,
    "command failed; retry without sandbox?",
  );
  assert.equal(await exists(`${outside.path}/x`), false);
  stage.answer = () => ({ decision: "accept" });
  const yes = await ground.text("exec_command", { cmd, login: false });
  assert.match(yes, /code 0\n[^]*Output:\nhi\n$/);
  const item = stage.items.get("c2") as CommandExecutionItem;
  assert.deepEqual([item.status, item.aggregatedOutput], ["completed", "hi\n"]);
  assert.equal(await exists(`${outside.path}/x`), true);
});

Deno.test("a command on trial that is not stopped is shown with all its output", async () => {
  await using ground = await createGround({
    settings: granular,
    toolbox: { trialMs: 1 },
  });
  const { stage, cwd } = ground;
  const done = ground.text("exec_command", {
    cmd: "echo a; until test -e go; do sleep 0.02; done; echo b; exit 3",
    login: false,
  });
  await stage.until(() => stage.deltas("c1") === "a\n");
  assert.deepEqual(stage.order, ["started"]);
  await Deno.writeTextFile(`${cwd}/go`, "");
  assert.match(await done, /code 3\n[^]*Output:\na\nb\n$/);
  assert.deepEqual(stage.order, ["started", "completed"]);
  assert.equal(stage.deltas("c1"), "a\nb\n");
});

Deno.test("a command that ends on trial without being stopped is shown with all its output", async () => {
  await using ground = await createGround({
    settings: granular,
    toolbox: { trialMs: 60_000 },
  });
  const { stage } = ground;
  const text = await ground.text("exec_command", {
    cmd: "echo a; exit 3",
    login: false,
  });
  assert.match(text, /code 3\n[^]*Output:\na\n$/);
  assert.deepEqual(stage.order, ["started", "completed"]);
  assert.equal(stage.deltas("c1"), "a\n");
});
