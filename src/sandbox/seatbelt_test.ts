import assert from "node:assert/strict";
import type { Confinement } from "./confinement.ts";
import { toSeatbeltCommand, toSeatbeltProfile } from "./seatbelt.ts";

const readOnly: Confinement = {
  reads: "all",
  writes: [],
  hidden: [],
  shielded: [],
  network: false,
};

/** The rules of a profile that a confinement adds, and its parameters. */
function rules(limits: Partial<Confinement>): [string[], readonly string[]] {
  const { text, parameters } = toSeatbeltProfile({ ...readOnly, ...limits });
  const [, own = ""] = text.split('(allow file-read-metadata (literal "/"))\n');
  return [own.trim().split("\n"), parameters];
}

Deno.test("toSeatbeltProfile() denies whatever it does not allow", () => {
  const { text } = toSeatbeltProfile(readOnly);
  assert.ok(text.startsWith("(version 1)\n(deny default)\n"));
  assert.doesNotMatch(text, /network|file-write\*\)|\(allow default/);
});

Deno.test("toSeatbeltProfile() has its brackets in order", () => {
  const { text } = toSeatbeltProfile({
    reads: ["/a"],
    writes: ["/a"],
    hidden: ["/a/h"],
    shielded: ["/a/s"],
    network: true,
  });
  let depth = 0;
  for (const character of text.replace(/"[^"]*"/g, "")) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    assert.ok(depth >= 0);
  }
  assert.equal(depth, 0);
});

Deno.test("toSeatbeltProfile() of a read-only confinement", () => {
  assert.deepEqual(rules({}), [["(allow file-read*)"], []]);
});

Deno.test("toSeatbeltProfile() of one that may write everything", () => {
  assert.deepEqual(rules({ writes: "all" }), [
    ["(allow file-read*)", "(allow file-write*)"],
    [],
  ]);
});

Deno.test("toSeatbeltProfile() of roots with what is shielded and hidden in them", () => {
  assert.deepEqual(
    rules({
      writes: ["/ws", "/tmp"],
      shielded: ["/ws/.git", "/ws/a/.git"],
      hidden: ["/root", "/ws/a/b/secret"],
    }),
    [
      [
        "(allow file-read*)",
        '(allow file-write* (subpath (param "P0")) (subpath (param "P1")))',
        '(deny file-write* (subpath (param "P2")) (subpath (param "P3")))',
        '(deny file-write-unlink (literal (param "P4")) ' +
        '(literal (param "P5")) (literal (param "P6")))',
        '(deny file-read* file-write* network-outbound (subpath (param "P7")) ' +
        '(subpath (param "P8")))',
      ],
      [
        "P0=/ws",
        "P1=/tmp",
        "P2=/ws/.git",
        "P3=/ws/a/.git",
        "P4=/ws",
        "P5=/ws/a",
        "P6=/ws/a/b",
        "P7=/root",
        "P8=/ws/a/b/secret",
      ],
    ],
  );
});

Deno.test("toSeatbeltProfile() of one that may read some only", () => {
  assert.deepEqual(rules({ reads: ["/usr/lib", "/ws"], writes: [] }), [
    [
      '(allow file-read* (subpath (param "P0")) (subpath (param "P1")))',
      '(allow file-read-metadata (literal (param "P2")) ' +
      '(literal (param "P3")))',
    ],
    ["P0=/usr/lib", "P1=/ws", "P2=/", "P3=/usr"],
  ]);
});

Deno.test("toSeatbeltProfile() of one that may read nothing allows nothing", () => {
  assert.deepEqual(rules({ reads: [] }), [[""], []]);
});

Deno.test("toSeatbeltProfile() opens the network if it may", () => {
  const [[first]] = rules({ network: true });
  assert.equal(first, "(allow network*)");
});

for (
  const path of [
    '/a"b',
    "/a\\b",
    '/") (allow default) ("',
    "/a\nb",
    '/(param "P0")',
    "/a=b",
  ]
) {
  Deno.test(`toSeatbeltProfile() reads no rule out of the path ${JSON.stringify(path)}`, () => {
    const { text, parameters } = toSeatbeltProfile({
      reads: [path],
      writes: [path],
      hidden: [path],
      shielded: [path],
      network: false,
    });
    const harmless = toSeatbeltProfile({
      reads: ["/x"],
      writes: ["/x"],
      hidden: ["/x"],
      shielded: ["/x"],
      network: false,
    });
    assert.equal(text, harmless.text);
    assert.deepEqual(
      parameters,
      harmless.parameters.map((one) => one.replace("/x", () => path)),
    );
  });
}

Deno.test("toSeatbeltCommand() gives the profile, its parameters and the command as arguments", () => {
  const limits = { ...readOnly, writes: ["/ws"] };
  assert.deepEqual(
    toSeatbeltCommand({
      command: ["/bin/ls", "-l"],
      cwd: "/ws",
      env: { PATH: "/bin" },
      hasTerminal: false,
    }, limits),
    {
      command: [
        "/usr/bin/sandbox-exec",
        "-p",
        toSeatbeltProfile(limits).text,
        "-D",
        "P0=/ws",
        "--",
        "/bin/ls",
        "-l",
      ],
      env: { PATH: "/bin", CODEX_SANDBOX: "seatbelt" },
    },
  );
});
