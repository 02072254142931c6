import assert from "node:assert/strict";
import fc from "fast-check";
import {
  createLogger,
  type Logger,
  type LoggerOptions,
  toLoggerSettings,
} from "./log.ts";
import { LogFilter } from "./log_filter.ts";

function collect(
  options: Partial<LoggerOptions> & { directives?: string } = {},
): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const { directives = "trace", ...rest } = options;
  const log = createLogger({
    write: (line) => lines.push(line),
    filter: LogFilter.parse(directives),
    now: () => Date.UTC(2026, 10, 21, 10, 37, 36, 277),
    ...rest,
  });
  return { log, lines };
}

Deno.test("createLogger() writes lines for people", () => {
  const { log, lines } = collect();
  log.error("Cannot bind", { address: "127.0.0.1:80", attempt: 2 });
  log.child("rpc").child({ connection: 3 }).warn("Dropped a frame", {
    reason: "not JSON",
    empty: "",
  });
  assert.deepEqual(lines, [
    "2026-11-21T10:37:36.277Z ERROR gangway: Cannot bind address=127.0.0.1:80 attempt=2\n",
    '2026-11-21T10:37:36.277Z  WARN gangway::rpc: Dropped a frame connection=3 reason="not JSON" empty=""\n',
  ]);
});

Deno.test("createLogger() writes one JSON object per line", () => {
  const { log, lines } = collect({ format: "json" });
  log.child("transport").info("Listening", {
    url: "ws://[::1]:1",
    message: "no",
  });
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{
    timestamp: "2026-11-21T10:37:36.277Z",
    level: "INFO",
    fields: { message: "Listening", url: "ws://[::1]:1" },
    target: "gangway::transport",
  }]);
  assert.equal(lines[0]!.indexOf("\n"), lines[0]!.length - 1);
});

Deno.test("createLogger() leaves out what the filter does, at no cost", () => {
  const { log, lines } = collect({ directives: "warn,gangway::rpc=off" });
  let reads = 0;
  const trap = {
    get value(): number {
      return reads++;
    },
  };
  log.info("no", trap);
  log.child("rpc").error("no", trap);
  assert.deepEqual([lines, reads], [[], 0]);
  assert.deepEqual(
    [
      log.enabled("warn"),
      log.enabled("info"),
      log.child("rpc").enabled("error"),
    ],
    [true, false, false],
  );
});

Deno.test("createLogger() colours lines for people only when asked to", () => {
  const { log, lines } = collect({ colored: true });
  log.error("x");
  assert.equal(
    lines[0],
    "\x1b[2m2026-11-21T10:37:36.277Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mgangway:\x1b[0m x\n",
  );
});

Deno.test("Logger blanks fields that hold secrets, at any depth", () => {
  const { log, lines } = collect({ format: "json" });
  log.error("x", {
    token: "s3cr3t",
    accessToken: "s3cr3t",
    client_secret: ["s3cr3t"],
    "X-Authorization": "Bearer s3cr3t",
    apiKey: "s3cr3t",
    headers: { Authorization: "s3cr3t", cookie: "s3cr3t", host: "h" },
    list: [{ password: { of: "s3cr3t" } }],
    inputTokens: 12,
  });
  assert.ok(!lines[0]!.includes("s3cr3t"), lines[0]!);
  assert.deepEqual(JSON.parse(lines[0]!).fields, {
    message: "x",
    token: "[redacted]",
    accessToken: "[redacted]",
    client_secret: "[redacted]",
    "X-Authorization": "[redacted]",
    apiKey: "[redacted]",
    headers: { Authorization: "[redacted]", cookie: "[redacted]", host: "h" },
    list: [{ password: "[redacted]" }],
    inputTokens: 12,
  });
  const human = collect();
  human.log.error("x", {
    authorization: "Bearer s3cr3t",
    nested: { token: "s3cr3t" },
  });
  assert.equal(
    human.lines[0]!.slice(25),
    'ERROR gangway: x authorization=[redacted] nested={"token":"[redacted]"}\n',
  );
});

Deno.test("Logger escapes what could forge lines or drive a terminal", () => {
  const { log, lines } = collect();
  log.error("a\n2026 ERROR gangway: forged \x1b[2J\x9b\u202e", {
    peer: 'x" admin="yes\\',
    "k\ney": "v\r\n\x07",
    deep: { x: "\x85\u2028\x7f" },
  });
  assert.equal(
    lines[0]!.slice(25),
    "ERROR gangway: a\\n2026 ERROR gangway: forged \\u{1b}[2J\\u{9b}\\u{202e} " +
      'peer="x\\" admin=\\"yes\\\\" k\\ney="v\\r\\n\\u{7}" ' +
      'deep={"x":"\\u{85}\\u{2028}\\u{7f}"}\n',
  );
});

Deno.test("Logger keeps every event on one clean line, whatever it holds", () => {
  // deno-lint-ignore no-control-regex
  const unsafe = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("\n", "\x1b", "\x9b", "\u202e", '"', "\\", "a"),
    }),
  );
  fc.assert(fc.property(
    text,
    fc.dictionary(
      text,
      fc.oneof(text, fc.anything({ withBigInt: true, withDate: true })),
    ),
    fc.constantFrom("human" as const, "json" as const),
    (message, fields, format) => {
      const { log, lines } = collect({ format });
      log.error(message, fields);
      assert.equal(lines.length, 1);
      assert.ok(lines[0]!.endsWith("\n"));
      assert.doesNotMatch(lines[0]!.slice(0, -1), unsafe);
      if (format === "json") {
        assert.equal(JSON.parse(lines[0]!).fields.message, message);
      }
    },
  ));
});

Deno.test("Logger copes with values that JSON cannot carry", () => {
  const { log, lines } = collect({ format: "json" });
  const loop: Record<string, unknown> = { name: "loop" };
  loop.self = loop;
  log.error("x", {
    big: 12n,
    nan: NaN,
    none: undefined,
    nothing: null,
    bytes: new Uint8Array(3),
    error: new TypeError("bad", { cause: new Error("worse") }),
    url: new URL("http://h/p"),
    run: () => 1,
    get broken(): never {
      throw new Error("getter");
    },
    loop,
    long: "y".repeat(9000),
    many: Array.from({ length: 102 }, (_, index) => index),
  });
  const { long, loop: unrolled, many, ...rest } = JSON.parse(lines[0]!).fields;
  assert.deepEqual(rest, {
    message: "x",
    big: "12",
    nan: "NaN",
    nothing: null,
    bytes: "[3 bytes]",
    error: "TypeError: bad; cause: Error: worse",
    url: "http://h/p",
    run: "[function]",
    broken: "[unreadable]",
  });
  assert.equal(long, `${"y".repeat(8192)}… (9000 characters)`);
  assert.match(JSON.stringify(unrolled), /"self":"\[…\]"/);
  assert.deepEqual(many.slice(98), [98, 99, "… 2 more"]);
});

Deno.test("Logger swallows what its output throws", () => {
  let calls = 0;
  const log = createLogger({
    write() {
      calls++;
      throw new Deno.errors.BrokenPipe("gone");
    },
  });
  log.error("x");
  assert.equal(calls, 1);
});

Deno.test("toLoggerSettings() reads our variable before RUST_LOG", () => {
  const read = (env: Record<string, string>, isTerminal = false) => {
    const { filter, format, colored } = toLoggerSettings(
      (name) => env[name],
      isTerminal,
    );
    return [filter.rankOf("gangway"), format, colored];
  };
  assert.deepEqual(read({}), [0, "human", false]);
  assert.deepEqual(read({ RUST_LOG: "info" }), [2, "human", false]);
  assert.deepEqual(read({ GANGWAY_LOG: "off", RUST_LOG: "info" }), [
    -1,
    "human",
    false,
  ]);
  assert.deepEqual(read({ GANGWAY_LOG: "", RUST_LOG: "info" }), [
    2,
    "human",
    false,
  ]);
  assert.deepEqual(read({ LOG_FORMAT: "JSON" }), [0, "json", false]);
  assert.deepEqual(read({ LOG_FORMAT: "pretty" }, true), [0, "human", true]);
  assert.deepEqual(read({ NO_COLOR: "1" }, true), [0, "human", false]);
});
