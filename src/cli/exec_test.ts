import assert from "node:assert/strict";
import { makePlaceholder } from "../../tests/kit/placeholder.ts";
import {
  call,
  namesIn,
  openWorld,
  toEvents,
  toSession,
  userTexts,
  withoutWarnings,
} from "./_exec_world_test.ts";
import { GangwayProcess, runGangway } from "./_gangway_process.ts";

Deno.test("exec tells of its progress on stderr and gives the last message on stdout", async () => {
  await using world = await openWorld([
    { output: [{ say: "I look." }, call("cat a.txt")] },
    { output: [{ say: "It says a." }] },
  ]);
  await Deno.writeTextFile(`${world.cwd}/a.txt`, "file a\n");
  const outcome = await world.exec(["-o", "last.txt", "What is in a.txt?"]);
  const { code, stdout, stderr } = outcome;
  assert.deepEqual([code, stdout], [0, "It says a.\n"], stderr);
  assert.equal(
    stderr.replace(/^warning: .*\n/m, ""),
    `Reading additional input from stdin...\nworkdir: ${world.cwd}\n` +
      "model: demo\nprovider: script\napproval: never\n" +
      "sandbox: read-only\nreasoning effort: none\n" +
      `session id: ${toSession(outcome)}\nI look.\n` +
      "$ /bin/bash -c 'cat a.txt'\nfile a\ntokens used\n0\n",
  );
  assert.equal(
    await Deno.readTextFile(`${world.cwd}/last.txt`),
    "It says a.",
  );
});

for (const flag of ["--json", "--experimental-json"]) {
  Deno.test(`exec ${flag} prints an event a line`, async () => {
    await using world = await openWorld([
      { output: [call("echo out; exit 3")], usage: { input: 10, output: 5 } },
      {
        output: [{ say: "It failed." }],
        usage: { input: 20, cached: 4, output: 5, reasoning: 1 },
      },
    ]);
    const outcome = await world.exec([flag, "Run it"]);
    const command = {
      id: "item_1",
      type: "command_execution",
      command: "/bin/bash -c 'echo out; exit 3'",
    };
    const events = withoutWarnings(toEvents(outcome));
    assert.deepEqual(events, [
      { type: "thread.started", thread_id: events[0]!.thread_id },
      { type: "turn.started" },
      {
        type: "item.started",
        item: {
          ...command,
          aggregated_output: "",
          exit_code: null,
          status: "in_progress",
        },
      },
      {
        type: "item.completed",
        item: {
          ...command,
          aggregated_output: "out\n",
          exit_code: 3,
          status: "failed",
        },
      },
      {
        type: "item.completed",
        item: { id: "item_2", type: "agent_message", text: "It failed." },
      },
      {
        type: "turn.completed",
        usage: {
          input_tokens: 30,
          cached_input_tokens: 4,
          cache_write_input_tokens: 0,
          output_tokens: 10,
          reasoning_output_tokens: 1,
        },
      },
    ]);
    assert.deepEqual(
      [outcome.code, outcome.stderr],
      [0, "Reading additional input from stdin...\n"],
    );
  });
}

Deno.test("exec ends with 1 when the turn fails, and says why", async () => {
  await using world = await openWorld([
    { failure: { status: 400, body: { error: { message: "bad" } } } },
  ]);
  const outcome = await world.exec(["--json", "-o", "last.txt", "Do it"]);
  const message = '{"error":{"message":"bad"}}';
  assert.deepEqual(
    withoutWarnings(toEvents(outcome)).slice(1),
    [
      { type: "turn.started" },
      { type: "error", message },
      { type: "turn.failed", error: { message } },
    ],
  );
  assert.equal(outcome.code, 1);
  assert.equal(await Deno.readTextFile(`${world.cwd}/last.txt`), "");
});

Deno.test("exec asks nobody: what needs an approval is refused", async () => {
  await using world = await openWorld([
    {
      output: [{
        call: "exec_command",
        arguments: {
          cmd: "touch escaped",
          sandbox_permissions: "require_escalated",
          justification: "May I?",
        },
        callId: "ask",
      }],
    },
    {
      when: { answers: "ask", output: "approval policy is Never" },
      output: [{ say: "I may not." }],
    },
  ]);
  const args = ["-c", "approval_policy=on-request", "--full-auto", "Escape"];
  const { code, stdout, stderr } = await world.exec(args);
  assert.deepEqual([code, stdout], [0, "I may not.\n"], stderr);
  assert.deepEqual(
    namesIn(world.cwd),
    [".git"],
  );
});

for (
  const [flags, isWritten] of [
    [[], false],
    [["--sandbox", "workspace-write"], true],
    [["--full-auto"], true],
    [["-s", "danger-full-access"], true],
    [["--dangerously-bypass-approvals-and-sandbox"], true],
    [["--yolo", "-s", "read-only"], true],
    [["-c", 'sandbox_mode="workspace-write"'], true],
    [["--full-auto", "-c", "model=other"], true],
  ] as const
) {
  const name = flags.length === 0 ? "without flags" : flags.join(" ");
  Deno.test(`exec ${name} ${isWritten ? "lets" : "does not let"} commands write`, async () => {
    await using world = await openWorld([
      { output: [call("echo x > new.txt")] },
      { output: [{ say: "Done." }] },
    ]);
    const { code, stdout, stderr } = await world.exec([...flags, "Write"]);
    assert.deepEqual([code, stdout], [0, "Done.\n"], stderr);
    const names = namesIn(world.cwd);
    assert.equal(names.includes("new.txt"), isWritten);
  });
}

Deno.test("exec works in --cd, and lets commands write in --add-dir", async () => {
  await using world = await openWorld([
    { output: [call(`pwd > ../other/where.txt`)] },
    { output: [{ say: "Done." }] },
  ]);
  await Deno.mkdir(`${world.home}/../other`);
  await Deno.mkdir(`${world.cwd}/inner`);
  const { code, stderr } = await world.exec([
    ...["--full-auto", "--cd", `${world.cwd}/.`, "--add-dir"],
    ...[`${world.home}/../other`, "Where are you?"],
  ]);
  assert.equal(code, 0, stderr);
  assert.equal(
    await Deno.readTextFile(`${world.home}/../other/where.txt`),
    `${world.cwd}\n`,
  );
});

Deno.test("exec works without a directory that --add-dir names and that is not there", async () => {
  await using world = await openWorld([
    { output: [call("echo x > made.txt")] },
    { output: [{ say: "Done." }] },
  ]);
  const missing = `${world.home}/../missing`;
  const { code, stdout, stderr } = await world.exec([
    ...["--full-auto", "--add-dir", missing, "Do it"],
  ]);
  assert.deepEqual([code, stdout], [0, "Done.\n"], stderr);
  assert.ok(
    stderr.includes(`warning: cannot find the directory "${missing}"`),
    stderr,
  );
  assert.ok(namesIn(world.cwd).includes("made.txt"));
});

const prompts: readonly [
  name: string,
  args: readonly string[],
  input: string,
  text: string,
][] = [
  ["an argument", ["Hello"], "", "Hello"],
  ["standard input", [], "Hello\n", "Hello\n"],
  ["standard input, named", ["-"], "Hello\n", "Hello\n"],
  [
    "an argument with standard input below it",
    ["Explain"],
    "one\ntwo\n",
    "Explain\n\n<stdin>\none\ntwo\n</stdin>",
  ],
  ["words behind --", ["--", "--help"], "", "--help"],
];
for (const [name, args, input, text] of prompts) {
  Deno.test(`exec takes its prompt from ${name}`, async () => {
    await using world = await openWorld([
      { when: text, output: [{ say: "Read." }] },
    ]);
    const { code, stdout, stderr } = await world.exec(args, input);
    assert.deepEqual([code, stdout], [0, "Read.\n"], stderr);
    assert.deepEqual(await userTexts(world), [text]);
  });
}

Deno.test("exec goes on with a session by id, by name, and with the latest", async () => {
  await using world = await openWorld([
    // Each run reads the script anew, so what fits latest stands first.
    { when: { body: "Fourth." }, output: [{ say: "Fifth." }] },
    { when: { body: "Third." }, output: [{ say: "Fourth." }] },
    { when: { body: "Second." }, output: [{ say: "Third." }] },
    { when: { body: "First." }, output: [{ say: "Second." }] },
    { when: "one", output: [{ say: "First." }] },
  ]);
  const first = await world.exec(["one"]);
  const id = toSession(first);
  const name = JSON.stringify({ threadId: id, name: "my task" });
  await runGangway(["call", "thread/name/set", name], world.options);
  const ways: readonly [args: readonly string[], input: string][] = [
    [["resume", id, "two"], ""],
    [["--resume", "my task", "three"], ""],
    [["resume", "--last", "four"], ""],
    [["resume", id], "five"],
  ];
  const answers: string[] = [];
  for (const [args, input] of ways) {
    const outcome = await world.exec(args, input);
    answers.push(outcome.stdout);
    assert.deepEqual([outcome.code, toSession(outcome)], [0, id]);
  }
  assert.deepEqual(answers, ["Second.\n", "Third.\n", "Fourth.\n", "Fifth.\n"]);
  assert.deepEqual(
    await userTexts(world),
    ["one", "two", "three", "four", "five"],
  );
});

Deno.test("exec resume --last goes on in its own directory, unless told --all", async () => {
  await using world = await openWorld([
    { when: "one", output: [{ say: "First." }] },
    { when: { body: "First." }, output: [{ say: "Second." }] },
  ]);
  await Deno.mkdir(`${world.home}/work/.git`, { recursive: true });
  const elsewhere = { ...world.options, cwd: `${world.home}/work` };
  assert.equal((await runGangway(["exec", "one"], elsewhere)).code, 0);
  const { code, stderr } = await world.exec(["resume", "--last", "two"]);
  assert.deepEqual(
    [code, stderr],
    [1, `Error: There is no session of "${world.cwd}" to go on with\n`],
  );
  const { stdout } = await world.exec(["resume", "--last", "--all", "two"]);
  assert.equal(stdout, "Second.\n");
});

Deno.test("exec --output-schema gives the model the schema", async () => {
  const schema = { type: "object", properties: { answer: { type: "number" } } };
  await using world = await openWorld([
    { when: { body: '"answer"' }, output: [{ say: '{"answer":42}' }] },
  ]);
  await Deno.writeTextFile(`${world.cwd}/s.json`, JSON.stringify(schema));
  const args = ["--output-schema", "s.json", "What?"];
  const { code, stdout, stderr } = await world.exec(args);
  assert.deepEqual([code, stdout], [0, '{"answer":42}\n'], stderr);
});

Deno.test("exec --ephemeral stores nothing", async () => {
  await using world = await openWorld([{ output: [{ say: "Done." }] }]);
  const { code, stdout } = await world.exec(["--ephemeral", "Do it"]);
  assert.deepEqual([code, stdout], [0, "Done.\n"]);
  const names = namesIn(world.home);
  assert.equal(names.includes("sessions"), false);
});

/** A provider of models that answers "Done." and keeps the keys it saw. */
function openProvider(): { port: number; keys: string[] } & AsyncDisposable {
  const keys: string[] = [];
  const message = {
    type: "message",
    id: "m",
    role: "assistant",
    content: [{ type: "output_text", text: "Done." }],
  };
  const events = [
    { type: "response.created", response: { id: "r" } },
    { type: "response.output_item.done", output_index: 0, item: message },
    { type: "response.completed", response: { id: "r", usage: null } },
  ];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.body?.cancel();
      if (!request.url.endsWith("/responses")) {
        return Response.json({ models: [] });
      }
      keys.push(request.headers.get("authorization") ?? "none");
      const body = events.map((event) =>
        `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
      ).join("");
      return new Response(body, {
        headers: { "content-type": "text/event-stream" },
      });
    },
  );
  return {
    port: server.addr.port,
    keys,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("exec signs in with CODEX_API_KEY for one run, and writes it nowhere", async () => {
  await using provider = openProvider();
  await using world = await openWorld([]);
  const auth = '{"OPENAI_API_KEY":"saved"}';
  await Deno.writeTextFile(`${world.home}/auth.json`, auth, { mode: 0o600 });
  const args = [
    ...["exec", "-c", "model_provider=openai"],
    ...["-c", `openai_base_url="http://127.0.0.1:${provider.port}/v1"`],
    "Do it",
  ];
  const { env } = world.options;
  const given = { ...world.options, env: { ...env, CODEX_API_KEY: "once" } };
  for (const options of [given, world.options]) {
    const { code, stdout, stderr } = await runGangway(args, options);
    assert.deepEqual([code, stdout], [0, "Done.\n"], stderr);
  }
  assert.deepEqual(provider.keys, ["Bearer once", "Bearer saved"]);
  assert.equal(await Deno.readTextFile(`${world.home}/auth.json`), auth);
});

Deno.test("exec works outside of a git repository only where it is told to", async () => {
  await using world = await openWorld(
    [{ output: [{ say: "Done." }], repeat: true }],
    { inRepository: false },
  );
  // As while a command runs there in a sandbox.
  await makePlaceholder(`${world.cwd}/.git`);
  const refused = await world.exec(["Do it"]);
  assert.deepEqual([refused.code, refused.stdout, refused.stderr], [
    1,
    "",
    `Error: Directory "${world.cwd}" is in no git repository: what an agent ` +
    "changes there can't be taken back; `--skip-git-repo-check` works there\n",
  ]);
  const { code, stdout } = await world.exec(["--skip-git-repo-check", "Do it"]);
  assert.deepEqual([code, stdout], [0, "Done.\n"]);
});

const HINT = "\n\nFor more information, try '--help'.\n";
const misuses: readonly [args: readonly string[], text: string][] = [
  [[], "the prompt is empty"],
  [["--output-schema", "none.json", "x"], 'cannot read the schema "none.json"'],
  [["--image", "a.png", "What is it?"], "put `--` before the prompt"],
  [["--cd", "nowhere", "x"], 'cannot work in "nowhere"'],
  [["resume"], "no session: give its id, or `--last`"],
  [["resume", "--last", "a", "b"], "cannot be used with '--last'"],
  [["--full-auto", "--sandbox", "read-only", "x"], "cannot be used with"],
  [["-m", "", "x"], "expected the name of a model"],
  [["--nope", "x"], "unexpected argument '--nope' found"],
];
for (const [args, text] of misuses) {
  Deno.test(`exec ${args.join(" ")} is a misuse: exit code 2`, async () => {
    await using world = await openWorld([]);
    const { code, stdout, stderr } = await world.exec(args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.ok(stderr.includes(text) && stderr.endsWith(HINT), stderr);
  });
}

Deno.test("exec says which session does not exist", async () => {
  await using world = await openWorld([]);
  const id = "01a1ff21-2a24-7a71-9096-25218beced99";
  const { code, stderr } = await world.exec(["resume", id, "x"]);
  assert.deepEqual(
    [code, stderr],
    [1, `Error: no rollout found for thread id ${id}\n`],
  );
});

async function isGone(pid: string): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat === "" || /\) Z /.test(stat);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`exec ends its turn and commands on ${signal}, with exit code ${code}`, async () => {
    await using world = await openWorld([
      { output: [call("echo $$ > pid; exec sleep 1000")] },
    ]);
    await using process = new GangwayProcess(
      ["exec", "--json", "-s", "danger-full-access", "Wait"],
      world.options,
    );
    await process.closeInput();
    let pid = "";
    const deadline = performance.now() + 60_000;
    while (!pid.endsWith("\n")) {
      assert.ok(performance.now() < deadline, "The command did not start");
      await new Promise((resolve) => setTimeout(resolve, 20));
      pid = await Deno.readTextFile(`${world.cwd}/pid`).catch(() => "");
    }
    process.kill(signal);
    const outcome = await process.outcome();
    assert.deepEqual([outcome.code, outcome.signal], [code, null]);
    assert.deepEqual(toEvents(outcome).at(-1), {
      type: "turn.failed",
      error: { message: "Turn was interrupted" },
    });
    assert.ok(await isGone(pid.trim()));
  });
}

Deno.test("exec is interrupted while it waits for its prompt", async () => {
  await using world = await openWorld([]);
  await using process = new GangwayProcess(["exec"], world.options);
  await process.stderrMatch(/Reading prompt from stdin\.\.\.\n/);
  process.kill("SIGINT");
  const { code, stdout } = await process.outcome();
  assert.deepEqual([code, stdout], [130, ""]);
});
