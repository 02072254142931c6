import assert from "node:assert/strict";
import { createHome, uuid } from "./_fixture_test.ts";
import { readRollout } from "./read_rollout.ts";

const MODULE = import.meta.resolve("./mod.ts");
const FIXTURE = import.meta.resolve("./_fixture_test.ts");
const ID = uuid(1);

/** Appends until it can't, frees room, appends again; tells on stdout. */
const FILLER = `
import { Rollout, RolloutError } from "${MODULE}";
import { createMeta, event } from "${FIXTURE}";
const path = Deno.args[0] + "/a.jsonl";
const rollout = Rollout.create(path, createMeta("${ID}"));
let count = 0;
let message = "";
try {
  for (; ; count++) rollout.append(event("fill", { text: "x".repeat(700) }));
} catch (error) {
  if (!(error instanceof RolloutError)) throw error;
  message = error.message.replace(path, "PATH");
}
const size = Deno.statSync(path).size;
rollout.append(event("small"));
await rollout.sync();
console.log(JSON.stringify({ count, message, size, bytes: rollout.bytes }));
`;

Deno.test({
  name:
    "Rollout.append: a full disk leaves whole lines, and later appends work",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using home = await createHome();
    const script = `${home.path}/fill.ts`;
    await Deno.writeTextFile(script, FILLER);
    // The limit of a file's size stands for the disk: the write is cut short,
    // the next fails. The signal that goes with it is ignored, as few do.
    const { stdout, stderr } = await new Deno.Command("/bin/sh", {
      args: [
        "-c",
        `trap '' XFSZ; ulimit -f 40; exec "$0" run -A --no-check --no-lock "$1" "$2"`,
        Deno.execPath(),
        script,
        home.path,
      ],
      env: { DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(text !== "", new TextDecoder().decode(stderr));
    const { count, message, size, bytes } = JSON.parse(text);

    assert.equal(message, `Rollout "PATH" can't be written: File too large`);
    assert.ok(count > 5);
    assert.ok(size < bytes);
    const lines = (await Deno.readTextFile(`${home.path}/a.jsonl`)).trimEnd()
      .split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ ordinal }) => ordinal),
      Array.from({ length: count + 2 }, (_, ordinal) => ordinal),
    );
    assert.equal(lines.at(-1).payload.type, "small");
  },
});

/** Appends turns for ever; says which were written. */
const WRITER = `
import { Rollout } from "${MODULE}";
import { createMeta, startTurn, endTurn } from "${FIXTURE}";
const path = Deno.args[0];
const out = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text));
let rollout;
try { rollout = await Rollout.open(path); }
catch { rollout = Rollout.create(path, createMeta("${ID}")); }
for (let number = Number(Deno.args[1]); ; number++) {
  rollout.append(...startTurn("${ID}", "turn-" + number, "x".repeat(number % 7000)));
  rollout.append(...endTurn("${ID}", "turn-" + number, "y".repeat(number % 9000)));
  out(number + "\\n");
}
`;

Deno.test("Rollout: killed at any time, every turn that was told is there", async () => {
  await using home = await createHome();
  const script = `${home.path}/write.ts`;
  const path = `${home.path}/a.jsonl`;
  await Deno.writeTextFile(script, WRITER);
  const told = new Set<string>();
  let next = 0;
  for (let round = 0; round < 8; round++) {
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-lock", script, path, `${next}`],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const enough = 1 + Math.floor(Math.random() * 60);
    let text = "";
    let isKilled = false;
    const decoder = new TextDecoder();
    for await (const piece of child.stdout) {
      text += decoder.decode(piece);
      if (isKilled || text.split("\n").length <= enough) continue;
      child.kill("SIGKILL");
      isKilled = true;
    }
    await child.status;
    for (const number of text.split("\n").slice(0, -1)) {
      told.add(`turn-${number}`);
    }

    const thread = await readRollout(path);
    const turns = await thread.readTurns();
    assert.equal(thread.skippedLines, 0);
    next = Number(turns.at(-1)?.id.slice("turn-".length)) + 1;
    const completed = turns.filter(({ status, items }) =>
      status === "completed" && items.length === 2
    );
    const missing = told.difference(new Set(completed.map(({ id }) => id)));
    assert.deepEqual([...missing], []);
    // What was not told may have been cut off, once for each kill.
    assert.ok(turns.length - completed.length <= round + 1);
  }
});
