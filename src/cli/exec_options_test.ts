import assert from "node:assert/strict";
import {
  call,
  openWorld,
  toEvents,
  toSession,
  userTexts,
  withoutWarnings,
  type World,
} from "./_exec_world_test.ts";
import { runGangway } from "./_gangway_process.ts";

/** Sessions that a client finds who asks for a kind of them. */
async function ask(world: World, method: string, params: unknown) {
  const { stdout } = await runGangway(
    ["call", method, JSON.stringify(params)],
    world.options,
  );
  return JSON.parse(stdout);
}

/** The sessions that a list has; what lists leave out is read of each. */
async function listed(world: World, params: unknown): Promise<unknown[]> {
  const { data } = await ask(world, "thread/list", params);
  const found: unknown[] = [];
  for (const { id: threadId } of data) {
    const { thread } = await ask(world, "thread/read", { threadId });
    const { id, source, threadSource, originator } = thread;
    found.push({ id, source, threadSource, originator });
  }
  return found;
}

Deno.test("exec lists its sessions as those of exec, and nobody as somebody's who talks", async () => {
  await using world = await openWorld([
    { when: { body: "First." }, output: [{ say: "Second." }] },
    { output: [{ say: "First." }], repeat: true },
  ]);
  const first = toSession(await world.exec(["one"]));
  const env = {
    ...world.options.env,
    CODEX_INTERNAL_ORIGINATOR_OVERRIDE: "codex_sdk_ts",
  };
  const args = ["exec", "--thread-source", "ci", "two"];
  const second = toSession(
    await runGangway(args, { ...world.options, env }),
  );
  const fork = toSession(await world.exec(["fork", first, "three"]));
  assert.deepEqual(await listed(world, {}), []);
  const found = await listed(world, {
    sourceKinds: ["exec"],
    sortKey: "created_at",
    sortDirection: "asc",
  });
  const own = {
    source: "exec",
    threadSource: "user",
    originator: "codex_exec",
  };
  assert.deepEqual(found, [
    { ...own, id: first },
    { ...own, id: second, threadSource: "ci", originator: "codex_sdk_ts" },
    { ...own, id: fork },
  ]);
});

Deno.test("exec fork goes on with a copy; without a prompt that is all", async () => {
  await using world = await openWorld([
    { when: { body: "First." }, output: [{ say: "Second." }] },
    { when: "one", output: [{ say: "First." }] },
  ]);
  const first = toSession(await world.exec(["one"]));
  const forked = await world.exec(["fork", first, "two"]);
  assert.deepEqual([forked.code, forked.stdout], [0, "Second.\n"]);
  const piped = await world.exec(["--json", "fork", first, "-"], "three");
  assert.deepEqual(
    withoutWarnings(toEvents(piped)).map(({ type }) => type),
    ["thread.started", "turn.started", "item.completed", "turn.completed"],
  );
  const bare = await world.exec(["--json", "fork", first], "not read");
  const events = toEvents(bare);
  assert.deepEqual(events.map(({ type }) => type), ["thread.started"]);
  const ids = new Set([
    first,
    toSession(forked),
    toEvents(piped)[0]!.thread_id,
    events[0]!.thread_id,
  ]);
  assert.equal(ids.size, 4);
  assert.deepEqual(
    (await userTexts(world)).toSorted(),
    ["one", "one", "one", "one", "three", "two"],
  );
});

const findings = JSON.stringify({
  findings: [{
    title: "Off by one",
    body: "It counts from one.",
    confidence_score: 0.9,
    priority: 1,
    code_location: {
      absolute_file_path: "/a.txt",
      line_range: { start: 1, end: 1 },
    },
  }],
  overall_correctness: "patch is incorrect",
  overall_explanation: "One thing is wrong.",
  overall_confidence_score: 0.8,
});
const review = "One thing is wrong.\n\nReview comment:\n\n" +
  "- Off by one — /a.txt:1-1\n  It counts from one.";

for (
  const [args, told] of [
    [["--uncommitted"], "not committed"],
    [["--base", "main"], "main"],
    [["--commit", "abc123", "--title", "Count"], "Count"],
    [["Look at the loop"], "Look at the loop"],
  ] as const
) {
  Deno.test(`exec review ${args.join(" ")} ends with what was found`, async () => {
    await using world = await openWorld([
      { when: { body: told }, output: [{ say: findings }] },
    ]);
    const { code, stdout, stderr } = await world.exec(["review", ...args]);
    assert.deepEqual([code, stdout], [0, `${review}\n`], stderr);
  });
}

Deno.test("exec review takes what to review from standard input, and prints events", async () => {
  await using world = await openWorld([
    { when: "Look at the loop", output: [{ say: findings }] },
  ]);
  const outcome = await world.exec(
    ["--json", "-o", "found.md", "review", "-"],
    "Look at the loop",
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(
    withoutWarnings(toEvents(outcome)).slice(1).map((
      { type, item },
    ) => [type, item]),
    [
      ["turn.started", undefined],
      ["item.completed", { id: "item_1", type: "agent_message", text: review }],
      ["turn.completed", undefined],
    ],
  );
  assert.equal(await Deno.readTextFile(`${world.cwd}/found.md`), review);
});

Deno.test("exec --profile works with the profile; --ignore-user-config without any of the user's", async () => {
  await using world = await openWorld([
    { when: { model: "small" }, output: [{ say: "Small." }] },
    { when: { model: "demo" }, output: [{ say: "Demo." }] },
  ]);
  await Deno.writeTextFile(
    `${world.home}/fast.config.toml`,
    'model = "small"\nsandbox_mode = "workspace-write"\n',
  );
  const outcome = await world.exec(["-p", "fast", "Hello"]);
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stderr, /^model: small$/m);
  assert.match(outcome.stderr, /^sandbox: workspace-write \[workdir, /m);
  const early = await runGangway(["--profile=fast", "exec", "Hello"], {
    ...world.options,
    input: "",
  });
  assert.match(early.stderr, /^model: small$/m);
  const none = await world.exec(["-p", "none", "Hello"]);
  assert.equal(none.code, 0, none.stderr);
  assert.match(none.stderr, /^warning: there is no profile "none"/m);
  assert.match(none.stderr, /^model: demo$/m);
  const flags = [
    "model=plain",
    "model_provider=script",
    `model_providers.script={name="S",base_url="script://${world.home}/script.json",request_max_retries=0,stream_max_retries=0}`,
  ].flatMap((flag) => ["-c", flag]);
  const bare = await world.exec(
    ["--ignore-user-config", "-p", "fast", ...flags, "Hello"],
  );
  assert.match(bare.stderr, /^model: plain$/m);
  assert.match(bare.stderr, /^sandbox: read-only$/m);
});

Deno.test("exec resume works with what is configured now, not with the sandbox of last time", async () => {
  await using world = await openWorld([
    { when: { body: "Second." }, output: [{ say: "Third." }] },
    { when: { body: "First." }, output: [{ say: "Second." }] },
    { when: "one", output: [{ say: "First." }] },
  ]);
  const wide = await world.exec(["--yolo", "-m", "other", "one"]);
  const id = toSession(wide);
  const again = await world.exec(["resume", id, "two"]);
  const fork = await world.exec(["fork", id, "three"]);
  assert.deepEqual([again.stdout, fork.stdout], ["Second.\n", "Third.\n"]);
  for (
    const [{ stderr }, model, sandbox] of [
      [wide, "other", "danger-full-access"],
      [again, "demo", "read-only"],
      [fork, "demo", "read-only"],
    ] as const
  ) {
    assert.match(stderr, new RegExp(`^model: ${model}$`, "m"));
    assert.match(stderr, new RegExp(`^sandbox: ${sandbox}$`, "m"));
  }
  assert.match(
    again.stderr,
    /recorded with model `other` but is resuming with `demo`/,
  );
});

Deno.test("exec --trust trusts the repository from now on, unless it is untrusted", async () => {
  await using world = await openWorld([
    { output: [{ say: "Done." }], repeat: true },
  ]);
  const config = `${world.home}/config.toml`;
  const before = `# mine\n${await Deno.readTextFile(config)}`;
  await Deno.writeTextFile(config, before);
  await Deno.mkdir(`${world.cwd}/deep`);
  await Deno.writeTextFile(`${world.cwd}/.git/HEAD`, "ref: refs/heads/main\n");
  const { code, stderr } = await world.exec(["--trust", "-C", "deep", "Hello"]);
  assert.equal(code, 0, stderr);
  const after = await Deno.readTextFile(config);
  const line = `[projects."${world.cwd}"]\ntrust_level = "trusted"\n`;
  assert.ok(after.startsWith(before) && after.includes(line), after);
  const again = await world.exec(["--trust", "Hello"]);
  assert.equal(again.code, 0);
  // Whoever trusts a project lets commands write to it; a resumed session too.
  const resumed = await world.exec(["resume", toSession(again), "More"]);
  for (const text of [stderr, again.stderr, resumed.stderr]) {
    assert.match(text, /^sandbox: workspace-write \[workdir, /m);
  }
  assert.equal(await Deno.readTextFile(config), after);
  await Deno.writeTextFile(config, after.replace('"trusted"', '"untrusted"'));
  const refused = await world.exec(["--trust", "Hello"]);
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /is marked as untrusted/);
});

/** Who serves models of this machine. */
function openLocalServer(
  models: readonly string[],
): Disposable & { port: number } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ data: models.map((id) => ({ id })) }),
  );
  return {
    port: server.addr.port,
    [Symbol.dispose]: () => void server.shutdown(),
  };
}

Deno.test("exec --oss uses a model of this machine, and says what is missing", async () => {
  using local = openLocalServer(["gpt-oss:20b", "mine"]);
  await using world = await openWorld([]);
  const run = async (args: readonly string[], port = local.port) => {
    const env = { ...world.options.env, CODEX_OSS_PORT: String(port) };
    const { code, stderr } = await runGangway(
      ["exec", "--oss", ...args, "-c", "stream_max_retries=0", "Hello"],
      { ...world.options, env, input: "" },
    );
    return { code, stderr };
  };
  const ollama = ["--local-provider", "ollama"];
  const refusals = [
    [[], /^Error: No local provider: /m],
    [
      [...ollama, "-m", "big"],
      /^Error: Model "big" is not there: `ollama pull big`/m,
    ],
    [
      ["--local-provider", "lmstudio"],
      /^Error: Model "openai\/gpt-oss-20b" .*`lms get/m,
    ],
  ] as const;
  for (const [args, text] of refusals) {
    const { code, stderr } = await run(args);
    assert.equal(code, 1);
    assert.match(stderr, text);
  }
  const { stderr } = await run(ollama, 1);
  assert.match(
    stderr,
    /^Error: No ollama server answers at http:\/\/localhost:1\/v1/m,
  );
});

Deno.test("exec goes on without an image that is missing, and says so", async () => {
  await using world = await openWorld([{ output: [{ say: "Blind." }] }]);
  const { code, stdout, stderr } = await world.exec(
    ["-i", "none.png", "--", "What is it?"],
  );
  assert.deepEqual([code, stdout], [0, "Blind.\n"]);
  assert.match(stderr, /^warning: cannot read the image "none.png": /m);
});

Deno.test("exec says before it works that the last message can't be written", async () => {
  await using world = await openWorld([
    { output: [call("touch worked")] },
    { output: [{ say: "Done." }] },
  ]);
  const { code, stderr } = await world.exec([
    "--yolo",
    "-o",
    "none/x",
    "Hello",
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /^Error: Cannot write the last message to "none\/x"/m);
  await assert.rejects(Deno.stat(`${world.cwd}/worked`), Deno.errors.NotFound);
});

Deno.test("exec --ignore-rules leaves the user's rules out", async () => {
  const script = [
    { output: [call("touch made.txt")] },
    { output: [{ say: "Done." }] },
  ];
  for (
    const [flags, isMade] of [[[], false], [["--ignore-rules"], true]] as const
  ) {
    await using world = await openWorld(script);
    await Deno.mkdir(`${world.home}/rules`);
    await Deno.writeTextFile(
      `${world.home}/rules/default.rules`,
      'prefix_rule(pattern=["touch"], decision="forbidden")\n',
    );
    const { code } = await world.exec([...flags, "--yolo", "Hello"]);
    const made = await Deno.stat(`${world.cwd}/made.txt`).catch(() => null);
    assert.deepEqual([code, made !== null], [0, isMade]);
  }
});

Deno.test("exec --worktree is refused with what to do", async () => {
  await using world = await openWorld([]);
  const { code, stderr } = await world.exec(["--worktree", "Hello"]);
  assert.equal(code, 1);
  assert.match(stderr, /`git worktree add DIR` and `--cd DIR`/);
});
