import assert from "node:assert/strict";
import type {
  CommandExecutionItem,
  ThreadEnvironment,
  ThreadSettings,
} from "../protocol/mod.ts";
import { FakeMachine } from "./_fake_machine_test.ts";
import {
  createGround,
  FakeStage,
  type Ground,
  type GroundOptions,
  model,
  plain,
} from "./_tool_ground_test.ts";

const at = (environmentId: string, cwd = "/w"): ThreadEnvironment => ({
  environmentId,
  cwd,
  runtimeWorkspaceRoots: [cwd],
});

/** A thread that works on machines of these names, and nowhere else. */
function createRemoteGround(
  machines: Record<string, FakeMachine>,
  { settings, ...options }: GroundOptions = {},
): Promise<Ground> {
  return createGround({
    ...options,
    settings: {
      environments: Object.keys(machines).map((id) => at(id)),
      ...settings,
    },
    toolbox: { findMachine: (id) => machines[id] },
  });
}

const confined = {
  approvalPolicy: "on-request",
  sandboxPolicy: { type: "workspaceWrite", writableRoots: ["/srv"] },
} as const satisfies Partial<ThreadSettings>;

const patch = (...lines: string[]) =>
  ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");

function itemsOf({ stage }: Ground): CommandExecutionItem[] {
  return [...stage.items.values()] as CommandExecutionItem[];
}

Deno.test("a thread that works nowhere has nothing done for it", async () => {
  for (const environments of [[], [at("gone")]]) {
    await using ground = await createGround({ settings: { environments } });
    const file = `${ground.cwd}/ran`;
    const adding = patch(`*** Add File: ${file}`, "+x");
    const outputs = [
      await ground.call("exec_command", { cmd: `touch ${file}` }),
      await ground.call("exec_command", {
        cmd: `apply_patch <<'EOF'\n${adding}\nEOF`,
      }),
      await ground.call("apply_patch", adding),
      await ground.call("view_image", { path: "/usr/p.png" }),
    ];
    for (const { output, isSuccess } of outputs) {
      assert.equal(isSuccess, false);
      assert.match(String(output), /^This thread has no environment now/);
    }
    await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
    assert.deepEqual(ground.stage.told, []);
  }
});

Deno.test("exec_command runs elsewhere with all that it needs there", async () => {
  const box = new FakeMachine();
  await using ground = await createRemoteGround({ box }, {
    config: {
      shell_environment_policy: {
        inherit: "core",
        exclude: ["A*"],
        set: { FOO: "bar" },
        include_only: ["F*"],
        ignore_default_excludes: false,
      },
    },
  });
  const text = await ground.text("exec_command", {
    cmd: "pwd",
    workdir: "sub/../x",
  });
  assert.match(plain(text), /code 0\n.*\nOutput:\nout\n$/);
  const [{ signal, processId, ...order } = {} as never] = box.orders;
  assert.ok(!signal.aborted);
  assert.match(processId, /^\d+$/);
  assert.deepEqual(order, {
    owner: { threadId: "thread", callId: "c1" },
    argv: ["/there/bash", "-lc", "pwd"],
    cwd: "/w/x",
    variables: {
      inherit: "core",
      ignoreDefaultExcludes: false,
      exclude: [
        "A*",
        "CODEX_PERMISSION_PROFILE",
        "CODEX_VERSION",
        "CODEX_APPLY_PATCH_PRESERVE_LINE_ENDINGS",
        "CODEX_PLUGIN_METRICS_OUTPUT",
      ],
      set: { FOO: "bar" },
      includeOnly: ["F*"],
    },
    env: {
      CODEX_CI: "1",
      NO_COLOR: "1",
      TERM: "dumb",
      COLORTERM: "",
      LANG: "C.UTF-8",
      LC_CTYPE: "C.UTF-8",
      LC_ALL: "C.UTF-8",
      PAGER: "cat",
      GIT_PAGER: "cat",
      GH_PAGER: "cat",
      CODEX_THREAD_ID: "thread",
      CODEX_SESSION_ID: "thread",
      CODEX_TOOL_CALL_ID: "c1",
    },
    hasTerminal: false,
    confinement: null,
  });
  const [item] = itemsOf(ground);
  assert.deepEqual([item?.command, item?.cwd, item?.exitCode], [
    "/there/bash -lc pwd",
    "/w/x",
    0,
  ]);
});

Deno.test("exec_command says what confines it elsewhere, and that nothing does once somebody agreed", async () => {
  const box = new FakeMachine({ "/real": null, "/w/link": "->/real" });
  await using ground = await createRemoteGround({ box }, {
    settings: confined,
    config: { features: { exec_permission_approvals: true } },
  });
  const { stage } = ground;
  stage.answer = () => ({ decision: "accept" });
  await ground.text("exec_command", { cmd: "ls" });
  await ground.text("exec_command", {
    cmd: "touch x",
    sandbox_permissions: "require_escalated",
  });
  await ground.text("exec_command", {
    cmd: "touch y",
    sandbox_permissions: "with_additional_permissions",
    additional_permissions: {
      file_system: { write: ["link/new"], read: ["/etc"] },
      network: { enabled: true },
    },
  });
  const nothing = { writes: [], reads: [], network: false };
  const limits = {
    policy: confined.sandboxPolicy,
    cwd: "/w",
    workspaceRoots: ["/w"],
  };
  assert.deepEqual(box.orders.map(({ confinement }) => confinement), [
    { ...limits, grant: nothing },
    null,
    {
      ...limits,
      grant: { writes: ["/real/new"], reads: ["/etc"], network: true },
    },
  ]);
  const noNetwork = box.orders.map(({ env }) =>
    env["CODEX_SANDBOX_NETWORK_DISABLED"]
  );
  assert.deepEqual(noNetwork, ["1", "1", undefined]);
  const asked = stage.told.filter(([what]) =>
    what === "item/commandExecution/requestApproval"
  ).map(([, params]) => (params as { environmentId: string }).environmentId);
  assert.deepEqual(asked, ["box", "box"]);
});

Deno.test("what was agreed to for the session in one place is asked about in another", async () => {
  const machines = { one: new FakeMachine(), two: new FakeMachine() };
  await using ground = await createRemoteGround(machines, {
    settings: { ...confined, approvalPolicy: "untrusted" },
  });
  const { stage } = ground;
  stage.answer = () => ({ decision: "acceptForSession" });
  for (const environment_id of ["one", "one", "two", "two"]) {
    await ground.text("exec_command", { cmd: "make", environment_id });
  }
  const asked = stage.told.filter(([what]) =>
    what === "item/commandExecution/requestApproval"
  ).map(([, params]) => (params as { environmentId: string }).environmentId);
  assert.deepEqual(asked, ["one", "two"]);
  assert.equal(machines.one.orders.length, 2);
  assert.equal(machines.two.orders.length, 2);
});

Deno.test("request_permissions grants for one place only", async () => {
  const machines = { one: new FakeMachine(), two: new FakeMachine() };
  await using ground = await createRemoteGround(machines, {
    settings: { ...confined },
  });
  const { stage } = ground;
  stage.answer = (method, params: { permissions: unknown }) =>
    method === "item/permissions/requestApproval"
      ? { permissions: params.permissions, scope: "session" }
      : { decision: "decline" };
  await ground.text("request_permissions", {
    permissions: { file_system: { write: ["../opt"] } },
    environment_id: "two",
  });
  await ground.text("exec_command", { cmd: "ls", environment_id: "one" });
  await ground.text("exec_command", { cmd: "ls", environment_id: "two" });
  const writes = (machine: FakeMachine) =>
    machine.orders.map(({ confinement }) => confinement?.grant.writes);
  assert.deepEqual(writes(machines.one), [[]]);
  assert.deepEqual(writes(machines.two), [["/opt"]]);
  const [, question] = stage.told.find(([what]) =>
    what === "item/permissions/requestApproval"
  )!;
  const { environmentId, cwd } = question as Record<string, unknown>;
  assert.deepEqual([environmentId, cwd], ["two", "/w"]);
});

Deno.test("a command that an approval was given for does not run where a link leads that came later", async () => {
  const box = new FakeMachine({ "/w/sub": null, "/etc": null });
  await using ground = await createRemoteGround({ box }, {
    settings: confined,
  });
  ground.stage.answer = () => {
    box.files.all.set("/w/sub", "->/etc");
    return { decision: "accept" };
  };
  const text = await ground.text("exec_command", {
    cmd: "ls",
    workdir: "sub",
    sandbox_permissions: "require_escalated",
  });
  assert.match(text, /\/w\/sub is not \/w\/sub any more/);
  assert.deepEqual(box.orders, []);
});

Deno.test("a command for a place that got lost is shown, and failed", async () => {
  const box = new FakeMachine();
  box.files.realPath = () => Promise.reject(new Error("gone"));
  box.startError = "gone for good";
  await using ground = await createRemoteGround({ box });
  await ground.text("exec_command", { cmd: "ls" });
  const [item] = itemsOf(ground);
  assert.deepEqual([item?.status, item?.exitCode, item?.aggregatedOutput], [
    "failed",
    -1,
    "Failed to create unified exec process: gone for good",
  ]);
});

Deno.test("a command that was agreed to while its place got lost is complete, and failed", async () => {
  const box = new FakeMachine();
  await using ground = await createRemoteGround({ box }, {
    settings: confined,
  });
  ground.stage.answer = () => {
    box.files.realPath = () => Promise.reject(new Error("gone"));
    return { decision: "accept" };
  };
  await ground.text("exec_command", {
    cmd: "ls",
    sandbox_permissions: "require_escalated",
  });
  const [item] = itemsOf(ground);
  assert.deepEqual([item?.status, item?.exitCode, item?.aggregatedOutput], [
    "failed",
    -1,
    "Failed to create unified exec process: environment `box` can't be used " +
    "now: gone",
  ]);
  assert.deepEqual(box.orders, []);
});

Deno.test("exec_command uses no other shell than that of the place", async () => {
  const box = new FakeMachine();
  await using ground = await createRemoteGround({ box });
  await ground.text("exec_command", { cmd: "a", shell: "/usr/bin/bash" });
  assert.deepEqual(box.orders[0]?.argv, ["/there/bash", "-lc", "a"]);
  const why = (shell: string) =>
    ground.text("exec_command", { cmd: "a", shell });
  assert.equal(
    await why("zsh"),
    "environment `box` has no shell for this but `bash`",
  );
  box.shellName = "powershell";
  assert.equal(
    await why("powershell"),
    "environment `box` has no shell for this but `powershell`",
  );
  assert.equal(box.orders.length, 1);
});

Deno.test("a command whose place is lost ends with the reason behind its output", async () => {
  for (
    const [output, told] of [["one\n", "one\n\nlost it"], ["", "lost it"]]
  ) {
    const box = new FakeMachine();
    box.play = () => [output!, "lost it"];
    await using ground = await createRemoteGround({ box });
    const text = await ground.text("exec_command", { cmd: "x" });
    assert.match(text, /exited with code -1\n/);
    const [item] = itemsOf(ground);
    assert.deepEqual(
      [item?.status, item?.exitCode, item?.aggregatedOutput],
      ["failed", -1, told],
    );
  }
});

Deno.test("a place that can't be reached is told about, and the next one is the first", async () => {
  const far = new FakeMachine();
  far.isReachable = false;
  far.error = "nobody there";
  const near = new FakeMachine();
  await using ground = await createRemoteGround({ far, near });
  await ground.text("exec_command", { cmd: "a" });
  assert.equal(near.orders.length, 1);
  assert.equal(
    await ground.text("exec_command", { cmd: "a", environment_id: "far" }),
    "environment `far` can't be used now: nobody there",
  );
  // What comes and goes within a turn does not draw its calls elsewhere.
  far.isReachable = true;
  far.error = undefined;
  near.isReachable = false;
  near.error = "gone, too";
  assert.equal(
    await ground.text("exec_command", { cmd: "a" }),
    "environment `near` can't be used now: gone, too",
  );
  assert.deepEqual(far.orders, []);
  const stage = new FakeStage("next");
  await ground.text("exec_command", { cmd: "a" }, { stage });
  assert.equal(far.orders.length, 1);
  assert.equal(
    await ground.text("exec_command", { cmd: "a", environment_id: "x" }),
    "unknown turn environment id `x`",
  );
});

Deno.test("a profile that only this machine knows is never left out elsewhere", async () => {
  const box = new FakeMachine();
  await using ground = await createRemoteGround({ box }, {
    settings: {
      activePermissionProfile: { id: "mine", extends: null },
      sandboxPolicy: { type: "readOnly" },
    } as Partial<ThreadSettings>,
  });
  for (
    const output of [
      await ground.text("exec_command", { cmd: "a" }),
      await ground.text("apply_patch", patch("*** Add File: n", "+x")),
      await ground.text("view_image", { path: "p" }),
    ]
  ) {
    assert.match(output, /^permission profile `mine` holds on this server's/);
  }
  assert.deepEqual([box.orders, box.files.changes], [[], []]);
});

Deno.test("apply_patch changes files elsewhere, within what holds there", async () => {
  const box = new FakeMachine({
    "/w/a": "one\n",
    "/w/gone": "x\n",
    "/w/m": "m\n",
    "/w/link": "->/w/a",
  });
  await using ground = await createRemoteGround({ box }, {
    settings: confined,
  });
  const text = await ground.text(
    "apply_patch",
    patch(
      "*** Add File: new/n",
      "+n",
      "*** Update File: link",
      "@@",
      "-one",
      "+two",
      "*** Delete File: gone",
      "*** Update File: m",
      "*** Move to: moved",
      "@@",
      "-m",
      "+mm",
    ),
  );
  assert.match(text, /^Exit code: 0\n/);
  const { files } = box;
  assert.deepEqual(
    ["new/n", "a", "moved"].map((name) => files.text(`/w/${name}`)),
    ["n\n", "two\n", "mm\n"],
  );
  assert.deepEqual(files.changes.map(([what, path]) => [what, path]), [
    ["makeDirectory", "/w/new"],
    ["write", "/w/new/n"],
    ["write", "/w/a"],
    ["remove", "/w/gone"],
    ["write", "/w/moved"],
    ["remove", "/w/m"],
  ]);
  for (const [, , { confinement }] of files.changes) {
    assert.deepEqual(confinement, {
      policy: confined.sandboxPolicy,
      cwd: "/w",
      workspaceRoots: ["/w"],
      grant: { writes: [], reads: [], network: false },
    });
  }
});

Deno.test("apply_patch asks about what lies outside over there, wherever a link leads, and opens no more than that", async () => {
  const box = new FakeMachine({
    "/opt": null,
    "/w/out": "->/opt",
    "/w/.git": null,
    "/srv": null,
    "/tmp": null,
  });
  await using ground = await createRemoteGround({ box }, {
    settings: confined,
  });
  const asked: string[] = [];
  ground.stage.answer = (_, { itemId }: { itemId: string }) => {
    asked.push(itemId);
    return { decision: itemId.startsWith("no") ? "decline" : "accept" };
  };
  const add = (path: string, callId: string) =>
    ground.text("apply_patch", patch(`*** Add File: ${path}`, "+x"), {
      callId,
    });
  await add("/srv/free", "free1");
  await add("/tmp/free", "free2");
  await add("out/n", "yes");
  await add("out/m", "no1");
  await add(".git/hooks", "no2");
  await add("/n", "no3");
  assert.deepEqual(asked, ["yes", "no1", "no2", "no3"]);
  assert.deepEqual(
    box.files.changes.map(([, path, { confinement }]) => [
      path,
      confinement?.grant.writes,
    ]),
    [["/srv/free", []], ["/tmp/free", []], ["/opt/n", ["/opt"]]],
  );
});

Deno.test("apply_patch leaves alone what changed over there since somebody agreed", async () => {
  const box = new FakeMachine({ "/w/a": "one\n", "/etc": null });
  await using ground = await createRemoteGround({ box }, {
    settings: { ...confined, approvalPolicy: "untrusted" },
  });
  const { files } = box;
  const changes = [
    () => files.all.set("/w/a", new TextEncoder().encode("other\n")),
    () => files.all.set("/w/a", "->/etc"),
    () => files.all.delete("/w/a"),
  ];
  for (const change of changes) {
    files.all.set("/w/a", new TextEncoder().encode("one\n"));
    ground.stage.answer = () => {
      change();
      return { decision: "accept" };
    };
    const text = await ground.text(
      "apply_patch",
      patch("*** Update File: a", "@@", "-one", "+two"),
    );
    assert.match(text, /^Exit code: 1\n/);
  }
  assert.deepEqual(files.changes, []);
});

Deno.test("apply_patch tells what the machine says, and works where the patch itself says", async () => {
  const machines = { one: new FakeMachine(), two: new FakeMachine() };
  await using ground = await createRemoteGround(machines);
  machines.two.files.onChange = () => {
    throw new Error("Read-only file system (os error 30)");
  };
  const text = await ground.text(
    "apply_patch",
    patch("*** Environment ID: two", "*** Add File: n", "+x"),
  );
  assert.match(text, /Failed to write file \/w\/n: Read-only file system/);
  assert.deepEqual(machines.one.files.changes, []);
});

Deno.test("view_image looks at pictures elsewhere", async () => {
  const box = new FakeMachine({ "/w/d": null, "/w/t": "text" });
  const png = Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg" +
      "GAWjR9awAAAABJRU5ErkJggg==",
  );
  box.files.all.set("/w/p.png", png);
  await using ground = await createRemoteGround({ box });
  const { output } = await ground.call("view_image", { path: "p.png" });
  assert.deepEqual(output, [{
    type: "input_image",
    image_url: `data:image/png;base64,${png.toBase64()}`,
    detail: "high",
  }]);
  const why = (path: string) => ground.text("view_image", { path });
  assert.equal(await why("d"), "image path `/w/d` is not a file");
  assert.match(await why("t"), /^unable to process image/);
  assert.equal(
    await why("no.png"),
    "unable to locate image at `/w/no.png`: No such file or directory " +
      "(os error 2)",
  );
  box.files.stat = () => Promise.resolve({ isFile: true, size: 2 ** 30 });
  assert.match(await why("p.png"), /has 1073741824 bytes, more than the/);
});

Deno.test("tools take the id of an environment where there are several", async () => {
  await using ground = await createRemoteGround({});
  const names = (environments: ThreadSettings["environments"]) =>
    ground.toolbox.tools().filter((tool) => {
      const spec = tool.spec({
        settings: { ...ground.settings, environments },
        model,
      });
      return JSON.stringify(spec)?.includes('"environment_id"');
    }).map(({ name }) => name);
  assert.deepEqual(names(null), []);
  assert.deepEqual(names([at("box")]), []);
  assert.deepEqual(names([at("box"), at("local")]), [
    "exec_command",
    "view_image",
  ]);
});
