import assert from "node:assert/strict";
import { createTempDir, type TempDir } from "../kit/temp_dir.ts";
import { openThreadWorld, start } from "../kit/thread_world.ts";

const voices = "alloy ash ballad coral echo sage shimmer verse marin cedar";

/** Runs git as nobody in particular, with no configuration but its own. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=n", "-c", "user.email=e@x", ...args],
    cwd,
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

/** A clone with one commit that the remote has. */
async function createClone(): Promise<TempDir & { tree: string; sha: string }> {
  const directory = await createTempDir();
  const { path } = directory;
  const tree = `${path}/tree`;
  await git(path, "init", "-q", "--bare", "remote");
  await git(path, "clone", "-q", "remote", "tree");
  await Deno.writeTextFile(`${tree}/a.txt`, "one\n");
  await git(tree, "add", ".");
  await git(tree, "commit", "-qm", "first");
  await git(tree, "push", "-q", "origin", "HEAD");
  return { ...directory, tree, sha: await git(tree, "rev-parse", "HEAD") };
}

const hasGit = await new Deno.Command("git", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);
const withGit = hasGit ? "" : " (there is no git)";

Deno.test({
  name:
    `gitDiffToRemote: commits, changes and new files since the remote's newest commit${withGit}`,
  ignore: !hasGit,
  async fn() {
    await using world = await openThreadWorld();
    const { client } = await world.connect();
    await using clone = await createClone();
    const { tree, sha } = clone;
    const ask = (cwd: string) => client.request("gitDiffToRemote", { cwd });
    assert.deepEqual(await ask(tree), { sha, diff: "" });
    await Deno.writeTextFile(`${tree}/a.txt`, "one\ntwo\n");
    await git(tree, "commit", "-qam", "second");
    await Deno.writeTextFile(`${tree}/a.txt`, "one\ntwo\nthree\n");
    await Deno.mkdir(`${tree}/sub`);
    await Deno.writeTextFile(`${tree}/sub/ü.txt`, "new\n");
    await Deno.writeTextFile(`${tree}/seen`, "not\n");
    await Deno.writeTextFile(`${tree}/.git/info/exclude`, "seen\n");
    const answer = await ask(tree);
    assert.equal(answer.sha, sha);
    assert.deepEqual(
      answer.diff.split("\n").filter((line) => !line.startsWith("index ")),
      [
        "diff --git a/a.txt b/a.txt",
        "--- a/a.txt",
        "+++ b/a.txt",
        "@@ -1 +1,3 @@",
        " one",
        "+two",
        "+three",
        "diff --git a/sub/ü.txt b/sub/ü.txt",
        "new file mode 100644",
        "--- /dev/null",
        "+++ b/sub/ü.txt",
        "@@ -0,0 +1 @@",
        "+new",
        "",
      ],
    );
    // What the repository says is to be run is not.
    const ran = `${clone.path}/ran`;
    for (const name of ["diff.external", "core.fsmonitor", "diff.x.textconv"]) {
      await git(tree, "config", name, `touch ${ran};`);
    }
    await Deno.writeTextFile(`${tree}/.git/info/attributes`, "* diff=x\n");
    assert.deepEqual(await ask(tree), answer);
    await assert.rejects(Deno.stat(ran), Deno.errors.NotFound);
  },
});

Deno.test({
  name:
    `gitDiffToRemote: without a repository, a remote or a directory there is nothing to compare${withGit}`,
  ignore: !hasGit,
  async fn() {
    await using world = await openThreadWorld();
    const { client } = await world.connect();
    await using directory = await createTempDir();
    await git(directory.path, "init", "-q");
    for (const cwd of [directory.path, `${directory.path}/none`]) {
      await assert.rejects(client.request("gitDiffToRemote", { cwd }), {
        code: -32600,
        message: `failed to compute git diff to remote for cwd: ${
          JSON.stringify(cwd)
        }`,
      });
    }
  },
});

Deno.test("server/diagnostics: this process, its memory and what it has to do", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  await using other = await world.connect();
  const { process, gauges } = await me.client
    .request("server/diagnostics", {});
  assert.equal(process.id, Deno.pid);
  assert.ok(process.residentMemoryBytes! > 10_000_000);
  assert.equal(process.physicalFootprintBytes, null);
  assert.deepEqual(gauges, [
    { name: "app.connections", value: 2 },
    { name: "app.requests.in_flight", value: 1 },
  ]);
  assert.deepEqual(other.told.filter(({ method }) => method === "error"), []);
});

Deno.test("windowsSandbox/*: there is nothing to set up, and that is told", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  assert.deepEqual(
    await me.client.request("windowsSandbox/readiness"),
    { status: "notConfigured" },
  );
  const modes = [["elevated", "elevated"], ["unelevated", "legacy"]] as const;
  for (const [mode, name] of modes) {
    assert.deepEqual(
      await me.client.request("windowsSandbox/setupStart", { mode, cwd: "/" }),
      { started: true },
    );
    const told = await me.hear(
      "windowsSandbox/setupCompleted",
      (params) => params.mode === mode,
    );
    assert.deepEqual(told, {
      mode,
      success: false,
      error: `${name} Windows sandbox setup is only supported on Windows`,
    });
  }
  await assert.rejects(
    me.client.request("windowsSandbox/setupStart", {
      mode: "elevated",
      cwd: "relative",
    }),
    {
      code: -32600,
      message: /AbsolutePathBuf deserialized without a base path/,
    },
  );
});

Deno.test("thread/realtime/*: voices are listed, but nobody speaks", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const { client } = me;
  const listed = await client.request("thread/realtime/listVoices", {});
  assert.deepEqual(listed.voices.v2, voices.split(" "));
  assert.deepEqual(
    [listed.voices.defaultV1, listed.voices.defaultV2],
    ["cove", "marin"],
  );
  const audio = { data: "", sampleRate: 24_000, numChannels: 1 };
  const refused = [
    () =>
      client.request("thread/realtime/start", {
        threadId,
        outputModality: "audio",
      }),
    () => client.request("thread/realtime/appendText", { threadId, text: "x" }),
    () =>
      client.request("thread/realtime/appendSpeech", { threadId, text: "x" }),
    () => client.request("thread/realtime/appendAudio", { threadId, audio }),
  ];
  for (const request of refused) {
    await assert.rejects(request(), {
      code: -32600,
      message: `thread ${threadId} does not support realtime conversation`,
    });
  }
  assert.deepEqual(
    await client.request("thread/realtime/stop", { threadId }),
    {},
  );
  const unknown = "01a1ff34-78eb-7930-b323-3b53218a0ee9";
  await assert.rejects(
    client.request("thread/realtime/stop", { threadId: unknown }),
    { code: -32600, message: `thread not found: ${unknown}` },
  );
});

Deno.test("fuzzyFileSearch: over a connection, with a session that ends with it", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const root = world.home;
  const { files } = await me.client.request("fuzzyFileSearch", {
    query: "config.toml",
    roots: [root],
  });
  assert.deepEqual(files[0], {
    root,
    path: "config.toml",
    match_type: "file",
    file_name: "config.toml",
    score: 196_892,
    indices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  });
  const session = { sessionId: "s" };
  await me.client.request("fuzzyFileSearch/sessionStart", {
    ...session,
    roots: [root],
  });
  await me.hear("fuzzyFileSearch/sessionCompleted");
  const from = me.told.length;
  await me.client.request("fuzzyFileSearch/sessionUpdate", {
    ...session,
    query: "config.toml",
  });
  const updated = await me.hear(
    "fuzzyFileSearch/sessionUpdated",
    undefined,
    from,
  );
  assert.deepEqual(updated, { ...session, query: "config.toml", files });
  await me.hear("fuzzyFileSearch/sessionCompleted", undefined, from);
  // The session is not stopped: it is the connection that ends.
});
