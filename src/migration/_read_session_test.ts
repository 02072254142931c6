import assert from "node:assert/strict";
import fc from "fast-check";
import { readSession } from "./_read_session.ts";

const timestamp = "2026-11-21T20:00:00.000Z";
const atMs = Date.parse(timestamp);

const user = (content: unknown, more: object = {}): object => ({
  type: "user",
  timestamp,
  cwd: "/w",
  message: { role: "user", content },
  ...more,
});

const agent = (content: unknown, more: object = {}): object => ({
  ...user(content),
  type: "assistant",
  ...more,
});

const toText = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** What is said, the agent's words behind a bar. */
const words = async (...lines: object[]): Promise<string[] | undefined> =>
  (await readSession(toText(lines)))?.messages.map(({ from, text }) =>
    from === "user" ? text : `| ${text}`
  );

const title = async (
  ...lines: object[]
): Promise<string | null | undefined> =>
  (await readSession(toText(lines)))?.title;

Deno.test("readSession() tells what was said, and leaves out what was not said to the user", async () => {
  const session = await readSession(
    toText([
      { type: "summary", summary: "Something", leafUuid: "x" },
      { type: "file-history-snapshot", snapshot: {} },
      agent("Before anybody asked"),
      user("Hello"),
      agent([{ type: "thinking", thinking: "Hm" }]),
      agent([{ type: "text", text: "One" }, { type: "text", text: "Two" }]),
      user("For myself", { isSidechain: true }),
      user("Told by a program", { isMeta: true }),
      { type: "system", content: "Compacted" },
    ]) + "{broken\n\n[]\n7\n" + toText([
      agent("Later", { timestamp: "nonsense" }),
    ]),
  );
  assert.deepEqual(session, {
    cwd: "/w",
    title: "Hello",
    name: null,
    messages: [
      { from: "user", text: "Hello", atMs },
      { from: "agent", text: "One\n\nTwo", atMs },
      { from: "agent", text: "Later", atMs: null },
    ],
  });
});

Deno.test("readSession() puts what tools were asked and answered in words of the agent", async () => {
  const call = (input: unknown, name: unknown = "T"): object =>
    agent([{ type: "tool_use", id: "1", name, input }]);
  const result = (content: unknown, more: object = {}): object =>
    user([{ type: "tool_result", tool_use_id: "1", content, ...more }]);
  const bracketed = (head: string, ...lines: string[]): string =>
    [`| [${head}]`, ...lines, `[/${head.replace(/:.*/, "")}]`].join("\n");
  const called = (...lines: string[]): string =>
    bracketed("external_agent_tool_call: T", ...lines);
  const answered = (...lines: string[]): string =>
    bracketed("external_agent_tool_result", ...lines);
  assert.deepEqual(
    await words(
      user("Go"),
      call({ command: "ls", description: "Look" }),
      call({ file_path: "/a", old_string: "x" }),
      call({ z: 1, a: [2] }),
      call({ command: ["no", "text"] }),
      call({ x: "y".repeat(3000) }),
      call(undefined, 5),
      result("out"),
      result([{ type: "text", text: "a" }, { type: "image" }, { text: "b" }]),
      result(""),
      result("bad", { is_error: true }),
      result("r".repeat(5000)),
      user([{ type: "tool_result", content: "x" }, {
        type: "text",
        text: "me",
      }]),
      agent([{ type: "redacted_thinking" }, "no block", { text: "no type" }]),
    ),
    [
      "Go",
      called("description: Look", "command: ls"),
      called("file: /a"),
      called('input: {"z":1,"a":[2]}'),
      called('input: {"command":["no","text"]}'),
      called(`input: {"x":"${"y".repeat(1991)}...`),
      bracketed("external_agent_tool_call: unknown"),
      answered("out"),
      answered("a", "b"),
      answered(),
      bracketed("external_agent_tool_result: error", "bad"),
      answered(`${"r".repeat(3997)}...`),
      `${answered("x").slice(2)}\n\nme`,
      "| [external unsupported block: redacted_thinking]",
    ],
  );
});

Deno.test("readSession() gives the title that the user gave, else the agent's, else what was said first", async () => {
  const custom = (customTitle: unknown) => ({
    type: "custom-title",
    customTitle,
  });
  const ai = { type: "ai-title", aiTitle: "Made up" };
  assert.equal(await title(user("Hi")), "Hi");
  assert.equal(await title(ai, user("Hi")), "Made up");
  assert.equal(await title(custom("A"), user("Hi"), ai, custom(" B ")), "B");
  assert.equal(await title(custom(" "), custom(5), ai, user("Hi")), "Made up");
  assert.equal(await title(user("\n\n  first  \nsecond")), "first");
  assert.equal(await title(user("x".repeat(120))), "x".repeat(120));
  assert.equal(await title(user("😀".repeat(121))), `${"😀".repeat(117)}...`);
  assert.equal(await title(agent("Nobody asked")), null);
  assert.equal(
    await title(user([{ type: "tool_result", content: "x" }])),
    null,
  );
  const wrapped = "<command-name>/fix</command-name>\n" +
    "<command-args>it</command-args>";
  assert.equal(await title(user(wrapped)), "Imported session");
  assert.equal(await title(user(wrapped), user("Then this")), "Then this");
  assert.equal(
    await title(user("<system-reminder>x</system-reminder>hello")),
    "hello",
  );
  assert.equal(await title(user("<b>bold</b> words")), "<b>bold</b> words");
});

Deno.test("readSession() gives a name where the first line does not say it", async () => {
  const name = async (...lines: object[]) =>
    (await readSession(toText(lines)))?.name;
  assert.equal(await name(user("Hi\nyou")), null);
  assert.equal(await name(user("x".repeat(500))), null);
  assert.equal(await name(user("  padded \nx")), null);
  assert.equal(await name(user("\nlate")), "late");
  assert.equal(
    await name({ type: "ai-title", aiTitle: "Hi" }, user("Hi")),
    null,
  );
  assert.equal(
    await name({ type: "ai-title", aiTitle: "Ho" }, user("Hi")),
    "Ho",
  );
});

Deno.test("readSession() goes by the first place that is named, and by nothing without place, time or words", async () => {
  const aside = user("x", { cwd: "/first", isSidechain: true });
  const first = await readSession(toText([aside, user("Hi")]));
  assert.equal(first?.cwd, "/first");
  for (
    const lines of [
      [],
      [user("Hi", { cwd: undefined })],
      [user("Hi", { timestamp: undefined })],
      [user("Hi", { isMeta: true })],
      [{ type: "summary", summary: "s", cwd: "/w", timestamp }],
    ]
  ) assert.equal(await readSession(toText(lines)), undefined);
});

Deno.test("readSession() reads whatever there is without a failure, and what it tells begins with the user", async () => {
  const line = fc.oneof(
    fc.json(),
    fc.string(),
    fc.record({
      type: fc.constantFrom("user", "assistant", "ai-title", "custom-title"),
      timestamp: fc.oneof(fc.constant(timestamp), fc.anything()),
      cwd: fc.oneof(fc.constant("/w"), fc.anything()),
      aiTitle: fc.anything(),
      message: fc.oneof(
        fc.anything(),
        fc.record({
          content: fc.oneof(
            fc.string(),
            fc.array(fc.oneof(
              fc.anything(),
              fc.record({
                type: fc.constantFrom("text", "tool_use", "tool_result", "x"),
                text: fc.anything(),
                input: fc.anything(),
                content: fc.anything(),
              }),
            )),
          ),
        }),
      ),
    }).map((value) =>
      JSON.stringify(value, (_, one) => typeof one === "bigint" ? 0 : one)
    ),
  );
  await fc.assert(fc.asyncProperty(fc.array(line), async (lines) => {
    const session = await readSession(lines.join("\n"));
    const first = session?.messages[0];
    assert.ok(first === undefined || first.from === "user");
    assert.ok(session?.messages.every(({ text }) => text !== "") ?? true);
  }));
});

Deno.test("readSession() lets others have their turn", async () => {
  const line = user([{ type: "tool_result", content: "x".repeat(3000) }]);
  const text = toText(Array(10_000).fill(line));
  let isRead = false;
  let turns = 0;
  const reading = readSession(text).finally(() => isRead = true);
  while (!isRead) {
    await new Promise((resolve) => setTimeout(resolve));
    turns++;
  }
  assert.equal((await reading)?.messages.length, 0); // nobody asked
  assert.ok(turns > 3, `${turns} turns`);
});
