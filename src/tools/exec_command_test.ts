import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { until } from "../../tests/kit/until.ts";
import type { CommandExecutionItem } from "../protocol/mod.ts";
import { createGround, FakeStage, plain } from "./_tool_ground_test.ts";
import { StorageError } from "./stage.ts";

function itemOf(stage: FakeStage, id: string): CommandExecutionItem {
  return stage.items.get(id) as CommandExecutionItem;
}

function sessionIn(text: string): number {
  return Number(/session ID (\d+)/.exec(text)?.[1]);
}

function outputIn(text: string): string {
  return text.slice(text.indexOf("\nOutput:\n") + "\nOutput:\n".length);
}

const quick = { login: false } as const;

Deno.test("exec_command tells item and output of a command that ends", async () => {
  await using ground = await createGround();
  const { stage, cwd } = ground;
  const output = await ground.call("exec_command", {
    cmd: "echo out; echo err >&2; exit 3",
    ...quick,
  });
  assert.deepEqual(
    { ...output, output: plain(output.output as string) },
    {
      output: "Chunk ID: X\nWall time: T seconds\n" +
        "Process exited with code 3\nOriginal token count: 2\n" +
        "Output:\nout\nerr\n",
      response: "out\nerr\n",
      isSuccess: false,
    },
  );
  assert.deepEqual(stage.order, ["started", "completed"]);
  const { durationMs, processId, ...item } = itemOf(stage, "c1");
  assert.equal(typeof durationMs, "number");
  assert.match(processId!, /^\d{4,5}$/);
  assert.deepEqual(item, {
    type: "commandExecution",
    id: "c1",
    pluginId: null,
    scriptPath: null,
    command: "/bin/bash -c 'echo out; echo err >&2; exit 3'",
    cwd,
    source: "unifiedExecStartup",
    status: "failed",
    commandActions: [{
      type: "unknown",
      command: "echo out; echo err >&2; exit 3",
    }],
    aggregatedOutput: "out\nerr\n",
    exitCode: 3,
  });
  assert.equal(stage.deltas("c1"), "out\nerr\n");
});

Deno.test("exec_command runs in the directory of the call, relative to that of the turn", async () => {
  await using ground = await createGround();
  await Deno.mkdir(`${ground.cwd}/sub`);
  const text = await ground.text("exec_command", {
    cmd: "pwd",
    workdir: "sub",
    ...quick,
  });
  assert.ok(text.endsWith(`\nOutput:\n${ground.cwd}/sub\n`));
});

/** Calls that are wrong, and what the model reads. */
const wrong: [string, unknown, string][] = [
  ["no command", {}, "failed to parse function arguments: missing field `cmd`"],
  [
    "a command that is no text",
    { cmd: 5 },
    "failed to parse function arguments: invalid `cmd`: number 5, " +
    "expected a string",
  ],
  [
    "a list in place of arguments",
    [],
    "failed to parse function arguments: a list in place of an object",
  ],
  [
    "a negative time",
    { cmd: "ls", yield_time_ms: -4 },
    "failed to parse function arguments: invalid `yield_time_ms`: " +
    "number -4, expected a non-negative integer",
  ],
  [
    "an unknown permission",
    { cmd: "ls", sandbox_permissions: "z" },
    "failed to parse function arguments: unknown variant `z` of " +
    "`sandbox_permissions`, expected one of `use_default`, " +
    "`require_escalated`, `with_additional_permissions`",
  ],
  [
    "a justification of nothing",
    { cmd: "ls", justification: "x" },
    "`justification` requires an explicit `sandbox_permissions`; use " +
    '`sandbox_permissions: "require_escalated"` for unsandboxed execution, ' +
    "or omit `justification`.",
  ],
  [
    "an escalation that nobody may be asked about",
    { cmd: "ls", sandbox_permissions: "require_escalated" },
    "approval policy is Never; reject command — you cannot ask for " +
    "escalated permissions if the approval policy is Never",
  ],
  [
    "permissions that are turned off",
    { cmd: "ls", sandbox_permissions: "with_additional_permissions" },
    "additional permissions are disabled; enable " +
    "`features.exec_permission_approvals` before using " +
    "`with_additional_permissions`",
  ],
];

for (const [what, args, text] of wrong) {
  Deno.test(`exec_command answers ${what} with the reason, and shows nothing`, async () => {
    await using ground = await createGround();
    const output = await ground.call("exec_command", args);
    assert.deepEqual(output, { output: text, isSuccess: false });
    assert.deepEqual(ground.stage.told, []);
  });
}

Deno.test("exec_command answers arguments that are no JSON", async () => {
  await using ground = await createGround();
  const text = await ground.text("exec_command", "{cmd", { kind: "function" });
  assert.match(text, /^failed to parse function arguments: /);
});

Deno.test("exec_command shows a command that can't be started as failed", async () => {
  await using ground = await createGround();
  const output = await ground.call("exec_command", {
    cmd: "pwd",
    workdir: "/nope",
    ...quick,
  });
  const reason =
    "Failed to create unified exec process: No such file or directory (os error 2)";
  assert.deepEqual(output, {
    output: 'exec_command failed: CreateProcess { message: "Rejected(\\"' +
      `${reason}\\")" }`,
    isSuccess: false,
  });
  assert.deepEqual(ground.stage.order, ["started", "completed"]);
  const { status, aggregatedOutput, exitCode, processId } = itemOf(
    ground.stage,
    "c1",
  );
  assert.deepEqual([status, aggregatedOutput, exitCode, processId], [
    "failed",
    reason,
    -1,
    null,
  ]);
  assert.equal(ground.programs.size, 0);
});

Deno.test("exec_command never starts a shell that is none", async () => {
  await using ground = await createGround();
  const shell = `${ground.cwd}/bash`;
  await Deno.writeTextFile(shell, "#!/bin/sh\necho owned\n", { mode: 0o755 });
  for (const one of [shell, "/bin/nosh", "bash"]) {
    const text = await ground.text("exec_command", {
      cmd: "echo fine",
      shell: one,
      ...quick,
    });
    assert.ok(text.endsWith("Output:\nfine\n"), text);
  }
});

Deno.test("exec_command leaves a session, which completes on its stage after the turn", async () => {
  await using ground = await createGround();
  const { stage, cwd } = ground;
  const text = await ground.text("exec_command", {
    cmd: "echo one; until test -e go; do sleep 0.02; done; echo two",
    yield_time_ms: 250,
    ...quick,
  });
  // It may take longer to begin than anybody waits for it here.
  const begin = outputIn(text);
  assert.equal(
    plain(text),
    "Chunk ID: X\nWall time: T seconds\nProcess running with session ID N\n" +
      `Original token count: ${begin === "" ? 0 : 1}\nOutput:\n${begin}`,
  );
  await stage.until(() => stage.deltas("c1") === "one\n");
  assert.deepEqual(stage.order, ["started"]);
  await Deno.writeTextFile(`${cwd}/go`, "");
  await stage.until(() => stage.order.length === 2);
  assert.deepEqual(stage.order, ["started", "completed"]);
  assert.equal(itemOf(stage, "c1").aggregatedOutput, "one\ntwo\n");
  const rest = await ground.text("write_stdin", {
    session_id: sessionIn(text),
  });
  assert.equal(begin + outputIn(rest), "one\ntwo\n");
});

Deno.test("write_stdin types to a terminal and gives what it wrote since", async () => {
  await using ground = await createGround();
  const { stage } = ground;
  const session = sessionIn(
    await ground.text("exec_command", {
      cmd: "stty -echo; echo ready; read -r line; echo got $line",
      tty: true,
      yield_time_ms: 250,
      ...quick,
    }, { callId: "c1" }).then(async (text) => {
      await stage.until(() => stage.deltas("c1").includes("ready"));
      return text;
    }),
  );
  const later = new FakeStage("later");
  const text = await ground.text("write_stdin", {
    session_id: session,
    chars: "héllo\n",
    yield_time_ms: 30_000,
  }, { stage: later });
  assert.match(text, /Process exited with code 0\n/);
  assert.ok(text.endsWith("got héllo\r\n"), text);
  assert.deepEqual(later.told, [[
    "item/commandExecution/terminalInteraction",
    {
      threadId: "thread",
      turnId: "later",
      itemId: "c1",
      processId: String(session),
      stdin: "héllo\n",
    },
  ]]);
  assert.equal(itemOf(stage, "c1").status, "completed");
  assert.equal(
    await ground.text("write_stdin", { session_id: session }),
    `write_stdin failed: Unknown process id ${session}`,
  );
});

Deno.test("write_stdin refuses a session without a terminal, and one that is unknown", async () => {
  await using ground = await createGround();
  const session = sessionIn(
    await ground.text("exec_command", {
      cmd: "sleep 60",
      yield_time_ms: 250,
      ...quick,
    }),
  );
  const told = ground.stage.told.length;
  assert.equal(
    await ground.text("write_stdin", { session_id: session, chars: "x" }),
    "write_stdin failed: stdin is closed for this session; rerun " +
      "exec_command with tty=true to keep stdin open",
  );
  assert.equal(
    await ground.text("write_stdin", { session_id: 1 }),
    "write_stdin failed: Unknown process id 1",
  );
  assert.equal(ground.stage.told.length, told);
});

Deno.test("write_stdin gives once what a session wrote that ended meanwhile", async () => {
  await using ground = await createGround();
  const { stage, cwd } = ground;
  const session = sessionIn(
    await ground.text("exec_command", {
      cmd: "until test -e go; do sleep 0.02; done; echo two",
      yield_time_ms: 250,
      ...quick,
    }),
  );
  await Deno.writeTextFile(`${cwd}/go`, "");
  await stage.until(() => itemOf(stage, "c1").status === "completed");
  assert.deepEqual(ground.toolbox.terminals.list(), []);
  const text = await ground.text("write_stdin", { session_id: session });
  assert.match(plain(text), /code 0\n.*\nOutput:\ntwo\n$/);
  assert.match(
    await ground.text("write_stdin", { session_id: session }),
    /Unknown process id/,
  );
});

Deno.test("exec_command lets a command go on when the turn is interrupted", async () => {
  await using ground = await createGround();
  const { stage, cwd } = ground;
  const turn = new AbortController();
  const done = ground.text("exec_command", {
    cmd: "echo hi; until test -e go; do sleep 0.02; done; echo bye",
    ...quick,
  }, { signal: turn.signal });
  await stage.until(() => stage.deltas("c1") === "hi\n");
  turn.abort(new DOMException("interrupted", "AbortError"));
  assert.match(await done, /^Wall time: \d+\.\d seconds\naborted by user$/);
  const [terminal] = ground.toolbox.terminals.list();
  assert.deepEqual(terminal, {
    itemId: "c1",
    processId: itemOf(stage, "c1").processId,
    command: "echo hi; until test -e go; do sleep 0.02; done; echo bye",
    cwd,
    osPid: null,
    cpuPercent: null,
    rssKb: null,
  });
  await Deno.writeTextFile(`${cwd}/go`, "");
  await stage.until(() => itemOf(stage, "c1").status === "completed");
  assert.equal(itemOf(stage, "c1").aggregatedOutput, "hi\nbye\n");
});

Deno.test("exec_command starts nothing in a turn that is over", async () => {
  await using ground = await createGround();
  const text = await ground.text("exec_command", { cmd: "touch a" }, {
    signal: AbortSignal.abort(),
  });
  assert.match(text, /aborted by user$/);
  assert.deepEqual(ground.stage.told, []);
  assert.equal(ground.programs.size, 0);
});

Deno.test("terminals are ended one by one or all, and their items complete", async () => {
  await using ground = await createGround();
  const { stage, toolbox: { terminals } } = ground;
  const start = () =>
    ground.text("exec_command", {
      cmd: "sleep 60",
      yield_time_ms: 250,
      ...quick,
    });
  const sessions = (await Promise.all([start(), start(), start()]))
    .map((text) => String(sessionIn(text)));
  assert.deepEqual(
    terminals.list().map(({ processId }) => processId).sort(),
    sessions.toSorted(),
  );
  assert.equal(terminals.terminate("9"), false);
  assert.equal(terminals.terminate(sessions[0]!), true);
  assert.equal(terminals.terminate(sessions[0]!), false);
  terminals.clean();
  assert.deepEqual(terminals.list(), []);
  await stage.until(() =>
    stage.order.filter((what) => what === "completed").length === 3
  );
  for (const id of ["c1", "c2", "c3"]) {
    const { status, exitCode } = itemOf(stage, id);
    assert.deepEqual([status, exitCode], ["failed", -1]);
  }
});

/** How many processes of this command line there are. */
async function count(commandLine: string): Promise<number> {
  const wanted = `${commandLine.replaceAll(" ", "\0")}\0`;
  let found = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = await Deno.readTextFile(`/proc/${name}/cmdline`);
      if (line === wanted) found++;
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

Deno.test({
  name: "a toolbox that is disposed leaves no process",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using ground = await createGround();
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    const sleep = `sleep 98${random}`;
    for (const tty of [true, false]) {
      await ground.text("exec_command", {
        cmd: `trap '' TERM HUP; nohup ${sleep} >/dev/null & ${sleep}`,
        yield_time_ms: 250,
        tty,
        ...quick,
      });
    }
    await until("all that sleep", async () => await count(sleep) === 4);
    await ground.toolbox[Symbol.asyncDispose]();
    assert.equal(ground.programs.size, 0);
    // Who is killed dies when it is next run: on a busy machine, that takes.
    await until(
      "the end of all that slept",
      async () => await count(sleep) === 0,
    );
    for (const id of ["c1", "c2"]) {
      assert.equal(itemOf(ground.stage, id).status, "failed");
    }
  },
});

testAlone({
  module: import.meta.url,
  name: "exec_command is bounded in memory whatever a command writes",
}, async () => {
  await using ground = await createGround();
  const { stage } = ground;
  const before = Deno.memoryUsage().rss;
  const session = sessionIn(
    await ground.text("exec_command", {
      cmd: "until test -e go; do sleep 0.02; done; " +
        "head -c 268435456 /dev/zero | tr '\\0' x",
      yield_time_ms: 250,
      ...quick,
    }),
  );
  await Deno.writeTextFile(`${ground.cwd}/go`, "");
  await stage.until(() => itemOf(stage, "c1").exitCode !== null, 120_000);
  const text = await ground.text("write_stdin", { session_id: session });
  const item = itemOf(stage, "c1");
  assert.equal(item.exitCode, 0);
  assert.match(text, /Original token count: 67108864\n/);
  assert.match(text, /\n\.\.\. 267386880 bytes omitted \.\.\.\n/);
  assert.ok(text.length < 50_000);
  assert.ok(item.aggregatedOutput!.length < 1024 * 1024 + 100);
  assert.ok(stage.deltas("c1").length < 40 * 1024 * 1024);
  const growth = Deno.memoryUsage().rss - before;
  assert.ok(growth < 128 * 1024 * 1024, `${growth} bytes more`);
});

Deno.test("exec_command tells no half of a character", async () => {
  await using ground = await createGround();
  await ground.text("exec_command", {
    cmd:
      "printf '\\303'; sleep 0.2; printf '\\251'; printf '\\342\\202' >&2; " +
      "sleep 0.1; printf '\\254' >&2",
    ...quick,
  });
  assert.equal(ground.stage.deltas("c1"), "é€");
  assert.equal(itemOf(ground.stage, "c1").aggregatedOutput, "é€");
});

Deno.test("exec_command ends the turn if its item can't be stored", async () => {
  await using ground = await createGround();
  const stage = new FakeStage();
  stage.completed = () => {
    throw new StorageError("disk full");
  };
  await assert.rejects(
    ground.call("exec_command", { cmd: "true", ...quick }, { stage }),
    StorageError,
  );
});

Deno.test("exec_command gives commands a plain environment", async () => {
  await using ground = await createGround({
    config: {
      shell_environment_policy: {
        inherit: "core",
        set: { FOO: "bar" },
        exclude: ["US*"],
      },
    },
  });
  const text = await ground.text("exec_command", {
    cmd:
      "env | grep -v '^\\(PWD\\|SHLVL\\|_\\|OLDPWD\\|PATH\\|HOME\\|SHELL\\|TMPDIR\\|LOGNAME\\)=' | sort",
    ...quick,
  });
  assert.deepEqual(text.slice(text.indexOf("Output:\n") + 8).split("\n"), [
    "CODEX_CI=1",
    "CODEX_SESSION_ID=thread",
    "CODEX_THREAD_ID=thread",
    "CODEX_TOOL_CALL_ID=c1",
    "COLORTERM=",
    "FOO=bar",
    "GH_PAGER=cat",
    "GIT_PAGER=cat",
    "LANG=C.UTF-8",
    "LC_ALL=C.UTF-8",
    "LC_CTYPE=C.UTF-8",
    "NO_COLOR=1",
    "PAGER=cat",
    "TERM=dumb",
    "",
  ]);
});

Deno.test("Toolbox.runShell() plays what the user typed, and says what the model sees", async () => {
  await using ground = await createGround({
    settings: { sandboxPolicy: { type: "readOnly" } },
  });
  const { stage, settings, cwd } = ground;
  const text = await ground.toolbox.runShell("echo hi >a; cat a; exit 2", {
    stage,
    settings,
    signal: new AbortController().signal,
  });
  assert.equal(
    text.replace(/Duration: \d+\.\d{4}/, "Duration: T"),
    "<user_shell_command>\n<command>\necho hi >a; cat a; exit 2\n" +
      "</command>\n<result>\nExit code: 2\nDuration: T seconds\n" +
      "Output:\nhi\n\n</result>\n</user_shell_command>",
  );
  const [item] = [...stage.items.values()] as CommandExecutionItem[];
  const { source, status, processId, exitCode, aggregatedOutput } = item!;
  assert.deepEqual(
    { source, status, processId, exitCode, aggregatedOutput, cwd: item!.cwd },
    {
      source: "userShell",
      status: "failed",
      processId: null,
      exitCode: 2,
      aggregatedOutput: "hi\n",
      cwd,
    },
  );
});

Deno.test("Toolbox.runShell() ends with its signal", async () => {
  await using ground = await createGround();
  const { stage, settings } = ground;
  const turn = new AbortController();
  const done = ground.toolbox.runShell("echo hi; sleep 60", {
    stage,
    settings,
    signal: turn.signal,
  });
  await stage.until(() => stage.told.length === 2);
  turn.abort();
  assert.match(await done, /Exit code: -1\n[^]*command aborted by user\n/);
  assert.equal(ground.programs.size, 0);
});

Deno.test("a toolbox that is disposed ends what has no number, and starts nothing more", async () => {
  await using ground = await createGround();
  const { stage, settings, toolbox } = ground;
  const { signal } = new AbortController();
  const typed = toolbox.runShell("echo b; sleep 60", {
    stage,
    settings,
    signal,
  });
  await stage.until(() => stage.told.length === 2);
  const late = ground.text("exec_command", { cmd: "sleep 60", ...quick });
  await toolbox[Symbol.asyncDispose]();
  assert.equal(ground.programs.size, 0);
  assert.match(await typed, /Exit code: -1\n/);
  assert.match(await late, /code -1\n|not loaded any more/);
  assert.match(
    await ground.text("exec_command", { cmd: "true", ...quick }),
    /not loaded any more/,
  );
});

Deno.test("a command that is interrupted at any moment leaves no process behind its thread", async () => {
  for (const ms of [0, 1, 2, 4, 8, 16, 32, 64]) {
    await using ground = await createGround();
    const turn = new AbortController();
    const timer = setTimeout(() => turn.abort(), ms);
    const text = await ground.text("exec_command", {
      cmd: "sleep 60 & sleep 60",
      ...quick,
    }, { signal: turn.signal });
    clearTimeout(timer);
    assert.match(text, /aborted by user$/);
    await ground.toolbox[Symbol.asyncDispose]();
    assert.equal(ground.programs.size, 0);
    const { order } = ground.stage;
    assert.equal(order.length % 2, 0, order.join());
  }
});
