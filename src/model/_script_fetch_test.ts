import assert from "node:assert/strict";
import { decodeScript, ScriptError } from "./_decode_script.ts";
import { ask, modelAt, plain, stillClock } from "./_model_server_test.ts";
import type { Clock } from "./clock.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";
import type { ModelsOptions } from "./models.ts";
import { Scripts } from "./scripts.ts";

async function scripted(
  script: unknown,
  run: (model: Model, path: string) => Promise<void>,
  options: Partial<ModelsOptions> = {},
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "a b" });
  const path = `${directory}/script.json`;
  const text = typeof script === "string" ? script : JSON.stringify(script);
  await Deno.writeTextFile(path, text);
  try {
    await run(modelAt(`script://${encodeURI(path)}`, {}, options), path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function say(user: string, further: Partial<ModelRequest> = {}): ModelRequest {
  return {
    ...plain,
    input: [{
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: user }],
    }],
    ...further,
  };
}

const inThread = (id: string) => ({
  promptCacheKey: id,
  headers: { "thread-id": id },
});

async function heard(model: Model, request: ModelRequest): Promise<string> {
  const { events, failure } = await ask(model, request);
  if (failure !== undefined) return failure.message;
  return events.map((event) => event.type === "textDelta" ? event.delta : "")
    .join("");
}

Deno.test("a scripted model plays every kind of step", async () => {
  const clock = stillClock();
  await scripted([{
    waitMs: 9,
    output: [
      { think: ["s"], raw: ["x"], id: "t" },
      { say: "ab", deltas: ["a", "b"], everyMs: 5, phase: "final", id: "m" },
      { call: "f", arguments: { x: 1 }, callId: "k", namespace: "n", id: "c" },
      { call: "g", arguments: "{bad", id: "d" },
      { custom: "apply_patch", input: "p", id: "e" },
      { search: "q", id: "w" },
      { item: { type: "odd", id: "o" } },
      { event: { type: "response.output_text.delta", delta: "!" } },
      { waitMs: 7 },
    ],
    usage: { input: 4, output: 2, cached: 1 },
    endTurn: false,
    headers: { "x-codex-primary-used-percent": "50" },
  }], async (model) => {
    const { events } = await ask(model);
    const [limits, ...rest] = events;
    assert.equal(
      limits?.type === "rateLimits" && limits.rateLimits.primary?.usedPercent,
      50,
    );
    const message = {
      type: "message",
      id: "m",
      role: "assistant",
      phase: "final",
    };
    const f = {
      type: "function_call",
      id: "c",
      call_id: "k",
      name: "f",
      namespace: "n",
    };
    const g = {
      type: "function_call",
      id: "d",
      call_id: "call_1_3",
      name: "g",
    };
    const patch = {
      type: "custom_tool_call",
      id: "e",
      call_id: "call_1_4",
      name: "apply_patch",
    };
    const search = {
      type: "web_search_call",
      id: "w",
      action: { type: "search", query: "q" },
    };
    const expected: unknown[] = [
      { type: "created", responseId: "resp_1" },
      { type: "itemAdded", item: { type: "reasoning", id: "t", summary: [] } },
      { type: "reasoningPartAdded", itemId: "t", summaryIndex: 0 },
      {
        type: "reasoningSummaryDelta",
        itemId: "t",
        delta: "s",
        summaryIndex: 0,
      },
      { type: "reasoningTextDelta", itemId: "t", delta: "x", contentIndex: 0 },
      {
        type: "itemDone",
        item: {
          type: "reasoning",
          id: "t",
          summary: [{ type: "summary_text", text: "s" }],
          content: [{ type: "reasoning_text", text: "x" }],
        },
      },
      { type: "itemAdded", item: { ...message, content: [] } },
      { type: "textDelta", itemId: "m", delta: "a" },
      { type: "textDelta", itemId: "m", delta: "b" },
      {
        type: "itemDone",
        item: { ...message, content: [{ type: "output_text", text: "ab" }] },
      },
      { type: "itemAdded", item: { ...f, arguments: "" } },
      { type: "itemDone", item: { ...f, arguments: '{"x":1}' } },
      { type: "itemAdded", item: { ...g, arguments: "" } },
      { type: "itemDone", item: { ...g, arguments: "{bad" } },
      { type: "itemAdded", item: { ...patch, input: "" } },
      { type: "toolInputDelta", itemId: "e", callId: "call_1_4", delta: "p" },
      { type: "itemDone", item: { ...patch, input: "p" } },
      { type: "itemAdded", item: { ...search, status: "in_progress" } },
      { type: "itemDone", item: { ...search, status: "completed" } },
      { type: "itemAdded", item: { type: "odd", id: "o" } },
      { type: "itemDone", item: { type: "odd", id: "o" } },
      { type: "textDelta", itemId: undefined, delta: "!" },
      {
        type: "completed",
        responseId: "resp_1",
        endTurn: false,
        usage: {
          inputTokens: 4,
          cachedInputTokens: 1,
          cacheWriteInputTokens: 0,
          outputTokens: 2,
          reasoningOutputTokens: 0,
          totalTokens: 6,
        },
      },
    ];
    assert.deepEqual(rest as unknown[], expected);
    assert.deepEqual(clock.waits, [9, 5, 5, 5, 5, 7]);
  }, { clock });
});

Deno.test("a scripted model picks the first response that is left and fits", async () => {
  const result = {
    type: "function_call_output",
    call_id: "k",
    output: "exit 1",
  };
  await scripted([
    { when: "build", output: [{ say: "1" }] },
    { when: { answers: "k", output: "exit 1" }, output: [{ say: "2" }] },
    { when: { model: "other" }, output: [{ say: "3" }] },
    {
      when: { body: "turn-1", user: "twice" },
      repeat: 2,
      output: [{ say: "4" }],
    },
    { output: [{ say: "5" }] },
  ], async (model) => {
    assert.equal(await heard(model, say("nothing")), "5");
    assert.equal(await heard(model, say("please build it")), "1");
    assert.equal(await heard(model, say("", { input: [result] })), "2");
    assert.equal(await heard(model, say("x", { model: "other" })), "3");
    assert.equal(await heard(model, say("twice")), "4");
    assert.equal(await heard(model, say("twice")), "4");
    assert.match(
      await heard(model, say("twice")),
      /^Script ".*" has no response left for this request: 6 were given, of 5 entries$/,
    );
  });
});

Deno.test("a scripted model repeats its last response for ever", async () => {
  await scripted([{ output: [{ say: "a" }], repeat: true }], async (model) => {
    for (let round = 0; round < 5; round++) {
      assert.equal(await heard(model, plain), "a");
    }
  });
});

Deno.test("a script is played by each thread, or by all of a server", async () => {
  const responses = [{ output: [{ say: "1" }] }, { output: [{ say: "2" }] }];
  for (const scope of ["thread", "server"]) {
    await scripted({ scope, responses }, async (model, path) => {
      const scripts = new Scripts();
      const shared = modelAt(`script://${encodeURI(path)}`, {}, { scripts });
      const other = modelAt(`script://${encodeURI(path)}`, {}, { scripts });
      assert.equal(await heard(shared, say("", inThread("a"))), "1");
      const expected = scope === "thread" ? "1" : "2";
      assert.equal(await heard(other, say("", inThread("b"))), expected);
      assert.equal(await heard(model, say("", inThread("b"))), "1");
    });
  }
});

Deno.test("a script that was edited begins anew", async () => {
  await scripted([{ output: [{ say: "old" }] }], async (model, path) => {
    assert.equal(await heard(model, plain), "old");
    await Deno.writeTextFile(
      path,
      '// new\n[{ "output": [{ "say": "new" }] }]',
    );
    assert.equal(await heard(model, plain), "new");
  });
});

Deno.test("a scripted model fails as a real one does", async (t) => {
  const lost = "stream disconnected before completion: ";
  const cases: [string, unknown, string][] = [
    [
      "status",
      { failure: { status: 404, body: "no" } },
      "unexpected status 404 Not Found: no, url: script:///",
    ],
    [
      "status without body",
      { failure: { status: 500 } },
      "We’re currently experiencing high demand",
    ],
    [
      "code",
      { failure: { code: "server_is_overloaded" } },
      "Selected model is at capacity.",
    ],
    [
      "incomplete",
      { failure: { incomplete: "max_output_tokens" } },
      "Incomplete response returned, reason: max_output_tokens",
    ],
    [
      "drop",
      { output: [{ say: "a" }, { drop: true }] },
      `${lost}Transport error: network error`,
    ],
  ];
  for (const [name, response, message] of cases) {
    await t.step(name, () =>
      scripted([response], async (model) => {
        const { failure } = await ask(model);
        const text = failure?.message ?? "";
        assert.ok(text.startsWith(message), text);
      }));
  }
});

Deno.test("a scripted model is interrupted wherever it is", async () => {
  const reason = new Error("enough");
  const until = async (script: unknown, clock?: Clock) => {
    await scripted(script, async (model) => {
      const controller = new AbortController();
      const { signal } = controller;
      const seen: ModelEvent[] = [];
      await assert.rejects(async () => {
        for await (const event of model.stream(plain, { signal })) {
          seen.push(event);
          if (event.type === "created") {
            queueMicrotask(() => controller.abort(reason));
          }
        }
      }, reason);
      assert.equal(seen.at(-1)?.type, "created");
    }, clock === undefined ? {} : { clock });
  };
  await until([{ output: [{ hang: true }] }]);
  await until([{ output: [{ waitMs: 60_000 }] }]);
});

Deno.test("decodeScript names the entry and the field of a mistake", () => {
  const cases: [unknown, string | RegExp][] = [
    ["[", /JSON/],
    ["7", "the script must be an object"],
    [{}, "the script.responses is missing"],
    [{ responses: 1 }, "the script.responses must be a list"],
    [
      { responses: [], scope: "x" },
      'the script.scope must be "thread" or "server"',
    ],
    [
      { responses: [], more: 1 },
      "the script.more is unknown; known are $schema, scope, responses",
    ],
    [[5], "responses[0] must be an object"],
    [
      [{}, { waitMs: -1 }],
      "responses[1].waitMs must be a whole number, 0 or more",
    ],
    [[{ when: 5 }], "responses[0].when must be a string or an object"],
    [
      [{ when: { usr: "" } }],
      "responses[0].when.usr is unknown; known are user, answers, output, model, body",
    ],
    [[{ repeat: false }], "responses[0].repeat must be true or a whole number"],
    [[{ output: [{ say: 1 }] }], "responses[0].output[0].say must be a string"],
    [
      [{ output: [{ says: "" }] }],
      "responses[0].output[0] must be an object with one of say, think, call, custom, search, item, event, waitMs, drop, hang",
    ],
    [
      [{ output: [{ custom: "x" }] }],
      "responses[0].output[0].input is missing",
    ],
    [
      [{ output: [{ say: "", deltas: ["", 1] }] }],
      "responses[0].output[0].deltas[1] must be a string",
    ],
    [
      [{ output: [{ call: "f", arguments: 1 }] }],
      "responses[0].output[0].arguments must be a string or an object",
    ],
    [
      [{ output: [{ item: {} }] }],
      "responses[0].output[0].item.type must be a string",
    ],
    [
      [{ failure: { status: 20 } }],
      "responses[0].failure.status must be an HTTP status, 200 to 599",
    ],
    [
      [{ failure: {} }],
      "responses[0].failure must be an object with one of status, code, incomplete",
    ],
    [[{ headers: { a: 1 } }], 'responses[0].headers["a"] must be a string'],
    [
      [{ usage: { input: 1.5 } }],
      "responses[0].usage.input must be a whole number, 0 or more",
    ],
  ];
  for (const [script, message] of cases) {
    const text = typeof script === "string" ? script : JSON.stringify(script);
    assert.throws(() => decodeScript(text), (error: unknown) => {
      assert.ok(error instanceof ScriptError);
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("a scripted model tells of a mistake in its script, and of none", async () => {
  await scripted([{ output: [{ say: 1 }] }], async (model, path) => {
    assert.equal(
      await heard(model, plain),
      `Script "${path}": responses[0].output[0].say must be a string`,
    );
    await Deno.remove(path);
    assert.equal(await heard(model, plain), `Script "${path}": no such file`);
  });
});

Deno.test("decodeScript reads the script of docs/offline-model.md", async () => {
  const page = await Deno.readTextFile(
    new URL("../../docs/offline-model.md", import.meta.url),
  );
  const text = /```jsonc\n([^]*?)```/.exec(page)?.[1];
  assert.equal(decodeScript(text ?? "").responses.length, 8);
});

Deno.test("decodeScript leaves alone what looks like a comment in a string", () => {
  const text = '[{ "when": "http://x /* y */" } /* // */ ] // "';
  assert.deepEqual(decodeScript(text).responses, [
    { when: { user: "http://x /* y */" } },
  ]);
});
