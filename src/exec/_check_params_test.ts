import assert from "node:assert/strict";
import fc from "fast-check";
import { type CommandExecParams, RpcError } from "../protocol/mod.ts";
import {
  checkSize,
  toCommandOrder,
  toProcessOrder,
  toTyped,
} from "./_check_params.ts";
import { commandWords, processWords } from "./_words.ts";

/** What is answered: nothing, or code and text. */
function answer(check: () => unknown): string {
  try {
    check();
    return "fine";
  } catch (error) {
    assert.ok(error instanceof RpcError);
    return `${error.code} ${error.message}`;
  }
}

/** Contradictions of command/exec, the first to be answered first. */
const contradictions: readonly [Partial<CommandExecParams>, string][] = [
  [{ command: [] }, "-32600 command must not be empty"],
  [
    { sandboxPolicy: { type: "readOnly" }, permissionProfile: ":x" },
    "-32600 `permissionProfile` cannot be combined with `sandboxPolicy`",
  ],
  [
    { size: { rows: 0, cols: 1 } },
    "-32602 command/exec size requires tty: true",
  ],
  [
    { outputBytesCap: 0, disableOutputCap: true },
    "-32602 command/exec cannot set both outputBytesCap and disableOutputCap",
  ],
  [
    { timeoutMs: -5, disableTimeout: true },
    "-32602 command/exec cannot set both timeoutMs and disableTimeout",
  ],
  [
    { timeoutMs: -5 },
    "-32602 command/exec timeoutMs must be non-negative, got -5",
  ],
  [
    { tty: true, size: { rows: 1, cols: 0 } },
    "-32602 command/exec size rows and cols must be greater than 0",
  ],
  [
    { env: { "A=B": null } },
    '-32602 command/exec env names must not be empty or contain "=", got "A=B"',
  ],
  [
    { tty: true },
    "-32600 command/exec tty or streaming requires a client-supplied processId",
  ],
];

Deno.test("toCommandOrder() refuses each contradiction in its words", () => {
  for (const [params, words] of contradictions) {
    const check = () => toCommandOrder({ command: ["true"], ...params });
    assert.equal(answer(check), words);
  }
});

Deno.test("toCommandOrder() answers the first of several contradictions", () => {
  const some = fc.subarray([...contradictions.keys()], { minLength: 1 });
  fc.assert(fc.property(some, (picked) => {
    const all = picked.map((at) => contradictions[at]!);
    const params = Object.assign(
      { command: ["true"] },
      ...all.map(([one]) => one).reverse(),
    ) as CommandExecParams;
    // Together they may say something else: no size needs a terminal then.
    const says = (words: string) => all.some(([, one]) => one === words);
    if (params.tty && says(contradictions[2]![1])) return;
    if (says(contradictions[4]![1]) && says(contradictions[5]![1])) return;
    assert.equal(answer(() => toCommandOrder(params)), all[0]![1]);
  }));
});

Deno.test("toCommandOrder() fills in defaults; null is as good as absent", () => {
  const plain = {
    words: commandWords,
    command: ["true"],
    cwd: "",
    env: {},
    terminal: undefined,
    takesInput: false,
    isStreamed: false,
    capBytes: 1_048_576,
    timeoutMs: 10_000,
    graceMs: 0,
    keepAlive: undefined,
    sandboxPolicy: undefined,
    permissionProfile: undefined,
  };
  assert.deepEqual(toCommandOrder({ command: ["true"] }), plain);
  const nulls = {
    command: ["true"],
    processId: null,
    outputBytesCap: null,
    timeoutMs: null,
    cwd: null,
    env: null,
    size: null,
    sandboxPolicy: null,
    permissionProfile: null,
  };
  assert.deepEqual(toCommandOrder(nulls), plain);
  assert.deepEqual(
    toCommandOrder({ ...nulls, disableOutputCap: true, disableTimeout: true }),
    { ...plain, capBytes: Infinity, timeoutMs: Infinity },
  );
  assert.deepEqual(
    toCommandOrder({ command: ["true"], processId: "", tty: true }),
    {
      ...plain,
      terminal: { rows: 24, cols: 80 },
      takesInput: true,
      isStreamed: true,
    },
  );
});

Deno.test("toProcessOrder() refuses contradictions in its words, the first one first", () => {
  const params = { command: ["true"], processHandle: "p", cwd: "/" };
  const size = { rows: 0, cols: 1 };
  const tests: readonly [object, string][] = [
    [
      { command: [], processHandle: "", size },
      "-32600 command must not be empty",
    ],
    [{ processHandle: "", size }, "-32600 processHandle must not be empty"],
    [
      { size, timeoutMs: -1 },
      "-32602 process/spawn size requires tty: true",
    ],
    [
      { size, tty: true, timeoutMs: -1 },
      "-32602 process/spawn timeoutMs must be non-negative, got -1",
    ],
    [
      { size, tty: true },
      "-32602 process size rows and cols must be greater than 0",
    ],
    [
      { env: { "": "x" } },
      '-32602 process/spawn env names must not be empty or contain "=", got ""',
    ],
    [
      { keepAlive: {}, env: { "": "x" } },
      "-32602 process/spawn keepAlive requires tty or streamStdoutStderr",
    ],
    [{ tty: true, keepAlive: {} }, "fine"],
    [{ streamStdoutStderr: true, keepAlive: {} }, "fine"],
    [{ tty: true }, "fine"],
  ];
  for (const [extra, words] of tests) {
    assert.equal(answer(() => toProcessOrder({ ...params, ...extra })), words);
  }
});

Deno.test("toProcessOrder() tells an absent cap or timeout from none", () => {
  const params = { command: ["true"], processHandle: "p", cwd: "/" };
  const { capBytes, timeoutMs } = toProcessOrder(params);
  assert.deepEqual([capBytes, timeoutMs], [1_048_576, 10_000]);
  const none = toProcessOrder({
    ...params,
    outputBytesCap: null,
    timeoutMs: null,
  });
  assert.deepEqual([none.capBytes, none.timeoutMs], [Infinity, Infinity]);
});

Deno.test("toProcessOrder() fills in how long a process is kept", () => {
  const params = { command: ["true"], processHandle: "p", cwd: "/", tty: true };
  const usual = { graceMs: 60_000, scrollbackBytes: 1_048_576 };
  const none = { graceMs: 0, scrollbackBytes: 0 };
  const tests = [
    [null, undefined],
    [{}, usual],
    [{ graceMs: null, scrollbackBytes: null }, usual],
    [none, none],
  ] as const;
  assert.equal(toProcessOrder(params).keepAlive, undefined);
  for (const [keepAlive, kept] of tests) {
    const order = toProcessOrder({ ...params, keepAlive });
    assert.deepEqual(order.keepAlive, kept);
  }
});

Deno.test("toTyped() wants bytes, an end, or both", () => {
  const nothing =
    "-32602 command/exec/write requires deltaBase64 or closeStdin";
  for (
    const params of [{}, { deltaBase64: null }, { closeStdin: false }]
  ) assert.equal(answer(() => toTyped(params, commandWords)), nothing);
  assert.equal(
    answer(() => toTyped({}, processWords)),
    "-32602 process/writeStdin requires deltaBase64 or closeStdin",
  );
  assert.equal(
    answer(() => toTyped({ deltaBase64: "!" }, commandWords)),
    "-32602 invalid deltaBase64: Invalid symbol 33, offset 0.",
  );
  assert.deepEqual(toTyped({ deltaBase64: "" }, commandWords), {
    bytes: new Uint8Array(0),
    isLast: false,
  });
  assert.deepEqual(toTyped({ closeStdin: true }, commandWords), {
    bytes: undefined,
    isLast: true,
  });
});

Deno.test("checkSize() wants at least one row and column", () => {
  const check = (rows: number, cols: number) =>
    answer(() => checkSize({ rows, cols }, processWords));
  const words = "-32602 process size rows and cols must be greater than 0";
  assert.deepEqual([check(0, 1), check(1, 0), check(1, 1)], [
    words,
    words,
    "fine",
  ]);
});
