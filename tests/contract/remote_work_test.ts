import assert from "node:assert/strict";
import { findCodex } from "../kit/find_codex.ts";
import { ReferenceExecServer } from "../kit/reference_exec_server.ts";
import { SmallExecServer } from "../kit/small_exec_server.ts";
import { createTempDir, namesIn } from "../kit/temp_dir.ts";
import {
  openThreadWorld,
  type Person,
  start,
  type ThreadWorld,
} from "../kit/thread_world.ts";
import { until } from "../kit/until.ts";

const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+" +
  "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A thread that works behind an exec server, in a directory of its own. */
interface RemoteWorld extends AsyncDisposable {
  readonly world: ThreadWorld;
  readonly person: Person;
  readonly threadId: string;
  /** Where the thread works over there. */
  readonly cwd: string;
  /** Has the model play this in one turn; the items that are complete then. */
  // deno-lint-ignore no-explicit-any -- each test knows what it looks for
  play(...responses: unknown[]): Promise<any[]>;
}

async function openRemoteWorld(
  execServerUrl: string,
  settings: Record<string, unknown> = {},
): Promise<RemoteWorld> {
  const directory = await createTempDir();
  const cwd = `${directory.path}/there`;
  await Deno.mkdir(cwd);
  const world = await openThreadWorld();
  const person = await world.connect();
  await person.client.request("environment/add", {
    environmentId: "box",
    execServerUrl,
  });
  const threadId = await start(person, {
    environments: [{ environmentId: "box", cwd }],
    ...settings,
  });
  return {
    world,
    person,
    threadId,
    cwd,
    async play(...responses) {
      await world.script([...responses, { output: [{ say: "done" }] }]);
      const from = person.told.length;
      const turnId = await person.say(threadId, "go");
      const { turn } = await person.hear(
        "turn/completed",
        ({ turn }) => turn.id === turnId,
        from,
      );
      assert.deepEqual([turn.status, turn.error], ["completed", null]);
      return person.told.slice(from).flatMap(({ method, params }) =>
        method === "item/completed" && params.item.type !== "userMessage" &&
          params.item.type !== "agentMessage"
          ? params.item
          : []
      );
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function exec(
  cmd: string,
  { callId = "c", ...more }: Record<string, unknown> = {},
): object {
  const args = { cmd, login: false, ...more };
  return { output: [{ call: "exec_command", arguments: args, callId }] };
}

function patch(lines: readonly string[], more = {}): object {
  const text = ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");
  return exec(`apply_patch <<'EOF'\n${text}\nEOF`, more);
}

/** What of an item is the same whenever it is played. */
function about(item: Record<string, unknown>): unknown[] {
  const { status, exitCode, aggregatedOutput, cwd } = item;
  return [status, exitCode, aggregatedOutput, cwd];
}

/** A server to work behind. */
interface Backend extends AsyncDisposable {
  readonly url: string;
}

/** What holds for every exec server. */
function work(name: string, open: () => Promise<Backend>, ignore = false) {
  const test = (what: string, fn: (url: string) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${what}`,
      ignore,
      fn: async () => {
        await using backend = await open();
        await fn(backend.url);
      },
    });

  test("exec_command runs there, with its output, as an item like any other", async (url) => {
    await using remote = await openRemoteWorld(url);
    const { cwd, person } = remote;
    const items = await remote.play(
      exec('pwd; echo "$CODEX_THREAD_ID"; exit 3'),
      exec("pwd", { workdir: "..", callId: "c2" }),
    );
    assert.deepEqual(items.map(about), [
      ["failed", 3, `${cwd}\n${remote.threadId}\n`, cwd],
      ["completed", 0, `${parentOf(cwd)}\n`, parentOf(cwd)],
    ]);
    const [item] = items;
    const { id, type, source, command } = item;
    assert.deepEqual([id, type, source, command], [
      "c",
      "commandExecution",
      "unifiedExecStartup",
      `/bin/bash -c 'pwd; echo "$CODEX_THREAD_ID"; exit 3'`,
    ]);
    const deltas = person.told.filter(({ method, params }) =>
      method === "item/commandExecution/outputDelta" && params.itemId === "c"
    ).map(({ params }) => params.delta).join("");
    assert.equal(deltas, item.aggregatedOutput);
  });

  test("write_stdin types to a command that goes on there", async (url) => {
    await using remote = await openRemoteWorld(url);
    const { person, threadId, world } = remote;
    await remote.play(
      exec("read x; echo got $x", { tty: true, yield_time_ms: 250 }),
    );
    const { item } = await person.hear(
      "item/started",
      ({ item }) => item.id === "c",
    );
    const session_id = Number((item as { processId?: string }).processId);
    const from = person.told.length;
    const typing = { session_id, chars: "it\n", yield_time_ms: 30_000 };
    await world.script([
      { output: [{ call: "write_stdin", arguments: typing, callId: "w" }] },
      {
        when: { answers: "w", output: "got it" },
        output: [{ say: "well" }],
      },
    ]);
    await person.say(threadId, "type");
    const ended = await person.hear(
      "item/completed",
      ({ item }) => item.id === "c",
      from,
    );
    const { exitCode, aggregatedOutput } = ended.item as {
      exitCode?: number;
      aggregatedOutput?: string;
    };
    assert.equal(exitCode, 0);
    assert.match(aggregatedOutput!, /got it\r?\n$/);
    const { turn } = await person.hear("turn/completed", undefined, from);
    assert.deepEqual([turn.status, turn.error], ["completed", null]);
  });

  test("a command that goes on there is listed, and ended", async (url) => {
    await using remote = await openRemoteWorld(url);
    const { person, threadId, cwd } = remote;
    await remote.play(exec("exec sleep 30", { yield_time_ms: 250 }));
    const { data } = await person.client.request(
      "thread/backgroundTerminals/list",
      { threadId },
    );
    assert.deepEqual(data.map(({ command, cwd }) => [command, cwd]), [
      ["exec sleep 30", cwd],
    ]);
    const { processId } = data[0]!;
    assert.deepEqual(
      await person.client.request("thread/backgroundTerminals/terminate", {
        threadId,
        processId,
      }),
      { terminated: true },
    );
    const { item } = await person.hear(
      "item/completed",
      ({ item }) => item.id === "c",
    );
    assert.deepEqual(about({ ...item }), ["failed", -1, null, cwd]);
  });

  test("a patch changes files there, and shows as a diff", async (url) => {
    await using remote = await openRemoteWorld(url);
    const { cwd, person } = remote;
    await Deno.mkdir(`${cwd}/.git`); // paths in diffs start there
    await Deno.writeTextFile(`${cwd}/a`, "one\n");
    await Deno.writeTextFile(`${cwd}/b`, "two\n");
    await Deno.writeTextFile(`${cwd}/m`, "from\n");
    const [item] = await remote.play(patch([
      "*** Add File: new/n",
      "+three",
      "*** Update File: a",
      "@@",
      "-one",
      "+1",
      "*** Delete File: b",
      "*** Update File: m",
      "*** Move to: new/m",
      "@@",
      "-from",
      "+to",
    ]));
    assert.deepEqual(
      [
        item.type,
        item.status,
        item.changes.map(({ path }: { path: string }) => path),
      ],
      [
        "fileChange",
        "completed",
        ["a", "b", "m", "new/n"].map((name) => `${cwd}/${name}`),
      ],
    );
    const read = (name: string) => Deno.readTextFile(`${cwd}/${name}`);
    assert.deepEqual(
      [await read("new/n"), await read("a"), await read("new/m")],
      ["three\n", "1\n", "to\n"],
    );
    for (const gone of ["b", "m"]) {
      await assert.rejects(read(gone), Deno.errors.NotFound);
    }
    const { diff } = await person.hear("turn/diff/updated");
    assert.match(diff, /^diff --git a\/a b\/a\n/);
    assert.match(diff, /^diff --git a\/m b\/new\/m$/m);
  });

  test("a patch that does not fit changes nothing there", async (url) => {
    await using remote = await openRemoteWorld(url);
    const items = await remote.play(
      patch(["*** Add File: n", "+x", "*** Delete File: nope"]),
      {
        when: {
          output: `Failed to read ${remote.cwd}/nope: No such file or ` +
            "directory (os error 2)",
        },
        output: [{ say: "I see" }],
      },
    );
    assert.deepEqual(items, []);
    await assert.rejects(
      Deno.stat(`${remote.cwd}/n`),
      Deno.errors.NotFound,
    );
  });

  test("a patch outside of the workspace there is asked about, and stays where it was agreed to", async (url) => {
    await using remote = await openRemoteWorld(url, {
      approvalPolicy: "on-request",
      sandbox: "workspace-write",
    });
    const { cwd, person } = remote;
    const outside = `${parentOf(cwd)}/outside`;
    await Deno.mkdir(outside);
    const asked: unknown[] = [];
    person.client.handle("item/fileChange/requestApproval", (params) => {
      asked.push(params.itemId);
      return { decision: params.itemId === "no" ? "decline" : "accept" };
    });
    await person.client.request("thread/settings/update", {
      threadId: remote.threadId,
      sandboxPolicy: { type: "workspaceWrite", excludeSlashTmp: true },
    });
    const items = await remote.play(
      patch(["*** Add File: in", "+x"], { callId: "in" }),
      patch(["*** Add File: ../outside/no", "+x"], { callId: "no" }),
      patch(["*** Add File: ../outside/yes", "+x"], { callId: "yes" }),
      patch(["*** Add File: .git/config", "+x"], { callId: "no" }),
    );
    assert.deepEqual(asked, ["no", "yes", "no"]);
    assert.deepEqual(items.map(({ id, status }) => [id, status]), [
      ["in", "completed"],
      ["no", "declined"],
      ["yes", "completed"],
      ["no", "declined"],
    ]);
    assert.deepEqual(
      namesIn(outside),
      ["yes"],
    );
  });

  test("thread/start: instructions that lie there are found", async (url) => {
    await using remote = await openRemoteWorld(url);
    const { cwd, person } = remote;
    const path = `${cwd}/AGENTS.md`;
    await Deno.writeTextFile(path, "Be kind.\n");
    const { instructionSources } = await person.client.request(
      "thread/start",
      { environments: [{ environmentId: "box", cwd }], ephemeral: true },
    );
    assert.deepEqual(instructionSources, [path]);
    const items = await remote.play({
      when: { body: "Be kind." },
      output: [{ say: "I am" }],
    });
    assert.deepEqual(items, []);
  });

  test("view_image shows a picture that lies there", async (url) => {
    await using remote = await openRemoteWorld(url);
    const path = `${remote.cwd}/p.png`;
    await Deno.writeFile(path, Uint8Array.fromBase64(picture));
    const look = (path: string) => ({
      output: [{ call: "view_image", arguments: { path }, callId: "v" }],
    });
    const items = await remote.play(
      look("p.png"),
      look("nope.png"),
      {
        when: {
          output: `unable to locate image at \`${remote.cwd}/nope.png\`: ` +
            "No such file or directory (os error 2)",
        },
        output: [{ say: "I see" }],
      },
    );
    assert.deepEqual(items.map(({ type, path }) => [type, path]), [
      ["imageView", path],
    ]);
  });

  test("a command is asked about for the place where it would run", async (url) => {
    await using remote = await openRemoteWorld(url, {
      approvalPolicy: "on-request",
      sandbox: "read-only",
    });
    const { cwd, person } = remote;
    const asked: unknown[] = [];
    person.client.handle("item/commandExecution/requestApproval", (params) => {
      asked.push([params.environmentId, params.cwd, params.reason]);
      return { decision: "accept" };
    });
    const [item] = await remote.play(
      exec("echo x > made", {
        sandbox_permissions: "require_escalated",
        justification: "May I?",
      }),
    );
    assert.deepEqual(asked, [["box", cwd, "May I?"]]);
    assert.deepEqual(about(item), ["completed", 0, null, cwd]);
    assert.equal(await Deno.readTextFile(`${cwd}/made`), "x\n");
  });

  test("a thread that works in two places works in the first, or where a call says", async (url) => {
    await using remote = await openRemoteWorld(url);
    const { person, threadId, cwd, world } = remote;
    const here = world.home;
    const at = (environmentId: string, cwd: string) => ({
      environmentId,
      cwd,
    });
    const settle = (environments: object[]) =>
      person.client.request("thread/settings/update", {
        threadId,
        environments: environments as never,
      });
    await settle([at("box", cwd), at("local", here)]);
    const one = await remote.play(
      exec("pwd", { callId: "c1" }),
      exec("pwd", { callId: "c2", environment_id: "local" }),
      patch(["*** Add File: n", "+x"], { environment_id: "local" }),
    );
    assert.deepEqual(one.map(({ cwd, changes }) => cwd ?? changes[0].path), [
      cwd,
      here,
      `${here}/n`,
    ]);
    await settle([at("local", here), at("box", cwd)]);
    const two = await remote.play(
      exec("pwd", { callId: "c3" }),
      exec("pwd", { callId: "c4", environment_id: "box" }),
      exec("pwd", { callId: "c5", environment_id: "elsewhere" }),
    );
    assert.deepEqual(two.map(({ aggregatedOutput }) => aggregatedOutput), [
      `${here}\n`,
      `${cwd}\n`,
    ]);
  });
}

work("a small exec server", () => Promise.resolve(new SmallExecServer()));

const reference = await findCodex("0.169.0");
if (reference === undefined) {
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      "Work behind the reference's exec server is skipped: no codex of " +
        "0.169.0 on the PATH, and GANGWAY_CODEX names none\n",
    ),
  );
}
work("the reference's exec server", async () => {
  return await ReferenceExecServer.start(reference!);
}, reference === undefined);

Deno.test("a connection that breaks in the middle is mended, and nothing is lost", async () => {
  await using server = new SmallExecServer();
  await using remote = await openRemoteWorld(server.url);
  const { person, cwd } = remote;
  await new Deno.Command("mkfifo", { args: [`${cwd}/gate`] }).output();
  const played = remote.play(
    exec("echo one; cat gate; echo two", { yield_time_ms: 30_000 }),
  );
  await person.hear("item/commandExecution/outputDelta");
  server.isClosed = true;
  server.hangUp();
  await until(
    "the break",
    async () =>
      (await person.client.request("environment/status", {
        environmentId: "box",
      })).status === "disconnected",
  );
  await Deno.writeTextFile(`${cwd}/gate`, "");
  await until("the end of the command", () => server.hasEnded);
  server.isClosed = false;
  assert.deepEqual((await played).map(about), [
    ["completed", 0, "one\ntwo\n", cwd],
  ]);
});

Deno.test("a command whose machine is lost fails with the reason, and the turn goes on", async () => {
  await using server = new SmallExecServer();
  await using remote = await openRemoteWorld(server.url);
  const { person, cwd } = remote;
  const played = remote.play(
    exec("echo one; exec sleep 300", { yield_time_ms: 30_000 }),
    exec("pwd", { callId: "next" }),
  );
  await person.hear("item/commandExecution/outputDelta");
  server.isClosed = true;
  server.hangUp();
  await server.forget();
  server.isClosed = false;
  const [lost, next] = await played;
  assert.deepEqual([lost.id, lost.status, lost.exitCode], ["c", "failed", -1]);
  assert.match(
    lost.aggregatedOutput,
    /^one\n\nexec-server transport disconnected; failed to resume/,
  );
  assert.deepEqual(about(next), ["completed", 0, `${cwd}\n`, cwd]);
});

Deno.test("a turn that is interrupted while its machine is waited for ends at once", async () => {
  await using server = new SmallExecServer();
  await using remote = await openRemoteWorld(server.url);
  const { person, threadId, world } = remote;
  await remote.play(exec("true"));
  server.isClosed = true;
  server.hangUp();
  await until(
    "the break",
    async () =>
      (await person.client.request("environment/status", {
        environmentId: "box",
      })).status === "disconnected",
  );
  await world.script([exec("true", { callId: "late" })]);
  const from = person.told.length;
  const { turn } = await person.client.request("turn/start", {
    threadId,
    input: [{ type: "text", text: "go" }],
  });
  await person.hear("turn/started", undefined, from);
  await person.client.request("turn/interrupt", { threadId, turnId: turn.id });
  const ended = await person.hear("turn/completed", undefined, from);
  assert.equal(ended.turn.status, "interrupted");
});

Deno.test("what a thread left running elsewhere ends with it", async () => {
  await using server = new SmallExecServer();
  {
    await using remote = await openRemoteWorld(server.url);
    await remote.play(exec("exec sleep 30", { yield_time_ms: 250 }));
    assert.equal(server.hasEnded, false);
  }
  await until("its end", () => server.hasEnded);
});

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
