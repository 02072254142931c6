import assert from "node:assert/strict";
import fc from "fast-check";
import { parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { gangway } from "./commands.ts";
import { UsageError } from "./usage_error.ts";

const HINT = "\n\nFor more information, try '--help'.\n";
const SERVER = "\n\nUsage: gangway app-server [OPTIONS] [COMMAND]" + HINT;
const LISTEN = "; expected `stdio://`, `unix://`, `unix://PATH`, " +
  "`ws://IP:PORT`, or `off`";
const MODES = "\n  [possible values: capability-token, signed-bearer-token]";
const MAX_U64 = "18446744073709551615";

/** Command lines that are refused, and the whole text on stderr. */
const refused: readonly [line: string, text: string][] = [
  [
    "app-server --ws-max-clock-skew-seconds abc",
    "invalid value 'abc' for '--ws-max-clock-skew-seconds <SECONDS>': " +
    "invalid digit found in string" + HINT,
  ],
  [
    "app-server --ws-max-clock-skew-seconds=-1",
    "invalid value '-1' for '--ws-max-clock-skew-seconds <SECONDS>': " +
    "invalid digit found in string" + HINT,
  ],
  [
    "app-server --ws-max-clock-skew-seconds=",
    "invalid value '' for '--ws-max-clock-skew-seconds <SECONDS>': " +
    "cannot parse integer from empty string" + HINT,
  ],
  [
    `app-server --ws-max-clock-skew-seconds ${MAX_U64}0`,
    `invalid value '${MAX_U64}0' for '--ws-max-clock-skew-seconds ` +
    "<SECONDS>': number too large to fit in target type" + HINT,
  ],
  [
    "app-server --ws-auth none",
    "invalid value 'none' for '--ws-auth <MODE>'" + MODES + HINT,
  ],
  ...["--ws-auth", "--ws-auth="].map((flag): [string, string] => [
    `app-server ${flag}`,
    "a value is required for '--ws-auth <MODE>' but none was supplied" +
    MODES + HINT,
  ]),
  ...["", "=", " --stdio", " -- x"].map((rest): [string, string] => [
    `app-server --ws-token-file${rest}`,
    "a value is required for '--ws-token-file <PATH>' but none was supplied" +
    HINT,
  ]),
  ["app-server --nope", "unexpected argument '--nope' found" + SERVER],
  ["app-server --nope -h", "unexpected argument '--nope' found" + SERVER],
  [
    "app-server --ws-auth none --nope",
    "unexpected argument '--nope' found" + SERVER,
  ],
  ["app-server -x", "unexpected argument '-x' found" + SERVER],
  ["app-server -xV", "unexpected argument '-x' found" + SERVER],
  ["app-server extra", "unrecognized subcommand 'extra'" + SERVER],
  ["app-server -", "unrecognized subcommand '-'" + SERVER],
  ["app-server -- --stdio", "unrecognized subcommand '--stdio'" + SERVER],
  [
    "app-server --stdio=1",
    "unexpected value '1' for '--stdio' found; no more were expected" + SERVER,
  ],
  [
    "app-server --stdio --listen ws://127.0.0.1:0",
    "the argument '--stdio' cannot be used with '--listen <URL>'" + SERVER,
  ],
  [
    "app-server --listen stdio:// --stdio",
    "the argument '--listen <URL>' cannot be used with '--stdio'" + SERVER,
  ],
  [
    "app-server --stdio --stdio",
    "the argument '--stdio' cannot be used multiple times" + SERVER,
  ],
  [
    "app-server --listen off --listen off",
    "the argument '--listen <URL>' cannot be used multiple times" + SERVER,
  ],
  [
    "app-server --listen",
    "a value is required for '--listen <URL>' but none was supplied" + HINT,
  ],
  [
    "app-server --listen foo",
    "invalid value 'foo' for '--listen <URL>': unsupported --listen URL `foo`" +
    LISTEN + HINT,
  ],
  [
    "app-server --listen=",
    "invalid value '' for '--listen <URL>': unsupported --listen URL ``" +
    LISTEN + HINT,
  ],
  [
    "app-server --listen ws://localhost:4500",
    "invalid value 'ws://localhost:4500' for '--listen <URL>': invalid " +
    "websocket --listen URL `ws://localhost:4500`; expected `ws://IP:PORT`" +
    HINT,
  ],
  [
    "app-server -c",
    "a value is required for '--config <key=value>' but none was supplied" +
    HINT,
  ],
  [
    "app-server --startup-client-info {}",
    "invalid value '{}' for '--startup-client-info <STARTUP_CLIENT_INFO>': " +
    "missing field `name`" + HINT,
  ],
  [
    'app-server --startup-client-info {"name":"a"}',
    `invalid value '{"name":"a"}' for '--startup-client-info ` +
    "<STARTUP_CLIENT_INFO>': missing field `version`" + HINT,
  ],
  [
    "app-server --allow-write=",
    "a value is required for '--allow-write[=<PATHS>]' but none was supplied" +
    HINT,
  ],
  [
    "app-server --liste off",
    "unexpected argument '--liste' found\n\n" +
    "  tip: a similar argument exists: '--listen'" + SERVER,
  ],
  [
    "app-server --ws-tokenfile x",
    "unexpected argument '--ws-tokenfile' found\n\n" +
    "  tip: a similar argument exists: '--ws-token-file'" + SERVER,
  ],
  [
    "app-server generate-ts",
    "the following required arguments were not provided:\n  --out <DIR>\n\n" +
    "Usage: gangway app-server generate-ts [OPTIONS] --out <DIR>" + HINT,
  ],
  [
    "app-server generate-ts extra --out x",
    "unexpected argument 'extra' found\n\n" +
    "Usage: gangway app-server generate-ts [OPTIONS] --out <DIR>" + HINT,
  ],
  [
    "app-server generate-ts --out=",
    "a value is required for '--out <DIR>' but none was supplied" + HINT,
  ],
  [
    "app-server proxy --sock",
    "a value is required for '--sock <SOCKET_PATH>' but none was supplied" +
    HINT,
  ],
  [
    "app-server daemon nope",
    "unrecognized subcommand 'nope'\n\n" +
    "Usage: gangway app-server daemon [OPTIONS] <COMMAND>" + HINT,
  ],
  [
    "tokens",
    "unrecognized subcommand 'tokens'\n\n" +
    "  tip: a similar subcommand exists: 'token'\n\n" +
    "Usage: gangway [OPTIONS] <COMMAND>" + HINT,
  ],
  [
    "app-serve",
    "unrecognized subcommand 'app-serve'\n\n" +
    "  tip: a similar subcommand exists: 'app-server'\n\n" +
    "Usage: gangway [OPTIONS] <COMMAND>" + HINT,
  ],
  [
    "call",
    "the following required arguments were not provided:\n  <METHOD>\n\n" +
    "Usage: gangway call [OPTIONS] <METHOD> [PARAMS_JSON]" + HINT,
  ],
  [
    "call a {} b",
    "unexpected argument 'b' found\n\n" +
    "Usage: gangway call [OPTIONS] <METHOD> [PARAMS_JSON]" + HINT,
  ],
  [
    "call --url ws://x --spawn m",
    "the argument '--url <URL>' cannot be used with '--spawn[=<COMMAND>]'\n\n" +
    "Usage: gangway call [OPTIONS] <METHOD> [PARAMS_JSON]" + HINT,
  ],
  [
    "call --timeout 0 m",
    "invalid value '0' for '--timeout <MS>': expected milliseconds as a " +
    "whole number from 1" + HINT,
  ],
  [
    "completions elvish",
    "invalid value 'elvish' for '<SHELL>'\n" +
    "  [possible values: bash, zsh, fish]" + HINT,
  ],
  [
    "token mint --capability --secret-file x",
    "the argument '--capability' cannot be used with '--secret-file <FILE>'" +
    "\n\nUsage: gangway token mint [OPTIONS]" + HINT,
  ],
  [
    "token mint --expires-in 1w",
    "invalid value '1w' for '--expires-in <DURATION>': expected a number " +
    "with a unit, such as 90s, 15m, 12h or 30d" + HINT,
  ],
  [
    "help nope",
    "unrecognized subcommand 'nope'\n\nUsage: gangway [OPTIONS] <COMMAND>" +
    HINT,
  ],
];

for (const [line, text] of refused) {
  Deno.test(`parseArguments() refuses \`gangway ${line}\``, () => {
    assert.throws(
      () => parseArguments(gangway, line.split(" ")),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.render(), `error: ${text}`);
        return true;
      },
    );
  });
}

/** What a command line comes to: its command and what was typed for it. */
function parsed(line: string, ...names: string[]): unknown {
  const request = parseArguments(gangway, line.split(" "));
  assert.equal(request.kind, "run");
  const { path, invocation } = request as Extract<
    typeof request,
    { kind: "run" }
  >;
  return [
    path.map(({ name }) => name).join(" "),
    ...names.map((name) =>
      invocation.isBare(name) ? true : invocation.values(name)
    ),
    ...invocation.operands,
  ];
}

Deno.test("parseArguments() takes values in every spelling", () => {
  for (
    const line of ["-c a=b", "-ca=b", "-c=a=b", "--config a=b", "--config=a=b"]
  ) {
    assert.deepEqual(parsed(`app-server ${line}`, "config"), [
      "gangway app-server",
      ["a=b"],
    ]);
  }
});

Deno.test("parseArguments() keeps options that stand before a sub-command", () => {
  assert.deepEqual(
    parsed("-c a=1 app-server -c b=2 --stdio proxy -c c=3", "config", "stdio"),
    ["gangway app-server proxy", ["a=1", "b=2", "c=3"], true],
  );
  assert.deepEqual(
    parsed("--strict-config app-server --strict-config", "strict-config"),
    ["gangway app-server", true],
  );
});

Deno.test("parseArguments() takes an optional value only behind =", () => {
  assert.deepEqual(
    parsed("call --spawn --follow=fs/changed m -", "spawn", "follow"),
    ["gangway call", true, ["fs/changed"], "m", "-"],
  );
  assert.deepEqual(
    parsed("app-server --allow-read=a,b --allow-read=c", "allow-read"),
    ["gangway app-server", ["a,b", "c"]],
  );
});

Deno.test("parseArguments() takes everything behind -- as operands", () => {
  assert.deepEqual(parsed("call -- --m --"), ["gangway call", "--m", "--"]);
});

Deno.test("parseArguments() takes everything behind the first of the rest as operands", () => {
  const cases: readonly [line: string, operands: string[]][] = [
    ["run --tty ls -la --tty", ["ls", "-la", "--tty"]],
    ["run --tty -- ls --", ["ls", "--"]],
    ["run --tty -- -x", ["-x"]],
    ["run --tty - -", ["-", "-"]],
  ];
  for (const [line, operands] of cases) {
    assert.deepEqual(parsed(line, "tty"), ["gangway run", true, ...operands]);
  }
  assert.throws(() => parsed("run --tty", "tty"), {
    message: "the following required arguments were not provided:\n" +
      "  <COMMAND>...",
  });
});

Deno.test("parseArguments() takes every flag that a codex client passes", () => {
  const line = "app-server --listen stdio:// -c a=1 --enable x --disable y " +
    "--analytics-default-enabled --strict-config --startup-sign-out " +
    '--startup-client-info {"name":"n","version":"1"} --session-source vscode ' +
    "--cloud-skills-snapshot /s --code-mode-host http://h --remote-control " +
    "--ws-auth capability-token --ws-token-file t --ws-token-sha256 h " +
    "--ws-shared-secret-file s --ws-issuer= --ws-audience a " +
    `--ws-max-clock-skew-seconds ${MAX_U64}`;
  assert.deepEqual(
    parsed(line, "ws-issuer", "ws-max-clock-skew-seconds", "enable"),
    ["gangway app-server", [""], [MAX_U64], ["x"]],
  );
  assert.deepEqual(parsed("app-server --stdio", "stdio"), [
    "gangway app-server",
    true,
  ]);
});

Deno.test("parseArguments() takes what libraries pass to exec", () => {
  const line = "exec --experimental-json --config a=1 --model m " +
    "--thread-source sdk --sandbox read-only --cd /w --add-dir /x --add-dir /y " +
    "--skip-git-repo-check --output-schema /s --config b=2";
  const names = ["config", "add-dir", "image"];
  const values = [["a=1", "b=2"], ["/x", "/y"]];
  assert.deepEqual(parsed(`${line} --image i`, ...names), [
    "gangway exec",
    ...values,
    ["i"],
  ]);
  assert.deepEqual(parsed(`${line} resume id --image i --image j`, ...names), [
    "gangway exec resume",
    ...values,
    ["i", "j"],
    "id",
  ]);
});

Deno.test("parseArguments() takes the arguments of ai-sdk-provider-codex-cli", () => {
  const line = "exec --experimental-json -c approval_policy=on-request " +
    "-c sandbox_mode=workspace-write --skip-git-repo-check " +
    "-c model_reasoning_effort=high --profile fast --oss " +
    '-c mcp_servers.t.args=["-y"] --color never -m m --add-dir /x ' +
    "--output-schema /s --image /i --image /j --output-last-message /l -- -";
  assert.deepEqual(
    parsed(line, "image", "profile", "add-dir", "output-last-message"),
    ["gangway exec", ["/i", "/j"], ["fast"], ["/x"], ["/l"], "-"],
  );
});

Deno.test("parseArguments() takes the arguments of its older versions", () => {
  const line = "exec --experimental-json --full-auto --skip-git-repo-check " +
    "--include-plan-tool --color never -m m --output-last-message /l go";
  assert.deepEqual(parsed(line, "full-auto", "color"), [
    "gangway exec",
    true,
    ["never"],
    "go",
  ]);
});

Deno.test("parseArguments() takes several words behind an option that takes many", () => {
  const cases: readonly [line: string, images: string[], rest: string[]][] = [
    ["exec -i a b -- go", ["a", "b"], ["go"]],
    ["exec -i a b -", ["a", "b"], ["-"]],
    ["exec -i a b --json go", ["a", "b"], ["go"]],
    ["exec go -i a b", ["a", "b"], ["go"]],
    ["exec --image=a go", ["a"], ["go"]],
    ["exec -ia go", ["a"], ["go"]],
    ["exec resume id -i a go", ["a"], ["id", "go"]],
    ["-i a -m m exec go -i b", ["a", "b"], ["go"]],
  ];
  for (const [line, images, rest] of cases) {
    const [, found, ...operands] = parsed(line, "image") as unknown[];
    assert.deepEqual([found, operands], [images, rest], line);
  }
});

Deno.test("parseArguments() knows an option by its other names", () => {
  const name = "dangerously-bypass-approvals-and-sandbox";
  for (const line of ["exec --yolo", "--yolo exec", "exec resume --yolo"]) {
    const request = parseArguments(gangway, line.split(" "));
    assert.ok(request.kind === "run" && request.invocation.has(name), line);
  }
  assert.throws(() => parsed("exec --yolo --yolo"), {
    message: `the argument '--${name}' cannot be used multiple times`,
  });
});

Deno.test("parseArguments() keeps operands that stand before a sub-command", () => {
  const request = parseArguments(gangway, ["exec", "go on", "resume", "id"]);
  assert.ok(request.kind === "run");
  const { operands, earlier } = request.invocation;
  assert.deepEqual(
    [request.path.at(-1)!.name, operands, earlier],
    ["resume", ["id"], ["go on"]],
  );
  assert.throws(() => parseArguments(gangway, ["exec", "go", "on"]), {
    message: "unexpected argument 'on' found",
  });
});

Deno.test("parseArguments() takes options in front of exec that are of use there only", () => {
  assert.deepEqual(
    parsed("-a never --search -m x -C /w exec -m y go", "model", "cd"),
    ["gangway exec", ["x", "y"], ["/w"], "go"],
  );
  for (
    const [flag, text] of [["-m x", "--model <MODEL>"], [
      "-p x",
      "--profile <NAME>",
    ]]
  ) {
    assert.throws(() => parsed(`${flag} app-server`), {
      message: `'${text}' may stand before 'exec' only`,
    });
  }
});

Deno.test("parseArguments() tells sub-commands from operands by the first word", () => {
  const cases: readonly [line: string, path: string, operands: string[]][] = [
    ["exec resume id", "gangway exec resume", ["id"]],
    ["exec -- resume", "gangway exec", ["resume"]],
    ["e go", "gangway exec", ["go"]],
    ["exec -", "gangway exec", ["-"]],
  ];
  for (const [line, path, operands] of cases) {
    const request = parseArguments(gangway, line.split(" "));
    assert.ok(request.kind === "run");
    assert.deepEqual(
      [request.path.map(({ name }) => name).join(" "), [
        ...request.invocation.operands,
      ]],
      [path, operands],
    );
  }
});

Deno.test("parseArguments() finds requests for help and version", () => {
  const cases: readonly [line: string, kind: string, path: string][] = [
    ["--help", "help", "gangway"],
    ["help", "help", "gangway"],
    ["-V", "version", "gangway"],
    ["--enable x --version", "version", "gangway"],
    ["app-server --version", "version", "gangway app-server"],
    ["app-server --listen off -h --nope", "help", "gangway app-server"],
    ["app-server -hc", "help", "gangway app-server"],
    ["help app-server proxy", "help", "gangway app-server proxy"],
    ["app-server help proxy", "help", "gangway app-server proxy"],
    ["completion -h", "help", "gangway completions"],
    ["exec help", "help", "gangway exec"],
    ["exec --json help resume", "help", "gangway exec resume"],
    ["exec -- help", "run", "gangway exec"],
    ["exec resume help", "run", "gangway exec resume"],
    ["token", "incomplete", "gangway token"],
    ["app-server daemon", "incomplete", "gangway app-server daemon"],
  ];
  for (const [line, kind, path] of cases) {
    const request = parseArguments(gangway, line.split(" "));
    const names = request.path.map(({ name }) => name).join(" ");
    assert.deepEqual([request.kind, names], [kind, path], line);
  }
  assert.equal(parseArguments(gangway, []).kind, "incomplete");
});

Deno.test("parseArguments() gives back or refuses any words, and does nothing else", () => {
  const words = fc.oneof(
    fc.constantFrom(
      ...["app-server", "call", "--", "-", "-h", "--help", "--stdio", "--url"],
      ...["-c", "--listen", "token", "mint", "help", "--follow=", "--spawn=x"],
    ),
    fc.string(),
    fc.string().map((text) => `--${text}`),
    fc.string().map((text) => `-${text}`),
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 8 }), (args) => {
      try {
        const { path } = parseArguments(gangway, args);
        assert.equal(path[0], gangway);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.render(), /^error: [^]*try '--help'\.\n$/);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("the command table is sound", () => {
  const check = (command: Command, above: string): void => {
    const path = `${above} ${command.name}`;
    const options = command.options ?? [];
    const names = options
      .flatMap(({ name, short, aliases = [] }) => [name, short, ...aliases])
      .filter((name) => name !== undefined);
    assert.deepEqual(names.length, new Set(names).size, path);
    for (const { name, help, hidden, conflicts = [] } of options) {
      assert.ok(hidden || help.endsWith("."), `${path} --${name}`);
      for (const other of conflicts) {
        assert.ok(
          options.some(({ name }) => name === other),
          `${path} ${other}`,
        );
      }
    }
    assert.ok(command.load ?? command.commands, path);
    // A word that names a sub-command is no operand: there must be another way.
    assert.ok(
      command.commands === undefined ||
        (command.operands ?? []).every(({ optional }) => optional),
      path,
    );
    for (const child of command.commands ?? []) check(child, path);
  };
  check(gangway, "");
});
