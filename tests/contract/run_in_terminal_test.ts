import assert from "node:assert/strict";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir, type TempDir } from "../kit/temp_dir.ts";
import { Terminal } from "../kit/terminal.ts";

const CLI = new URL("../../cli.ts", import.meta.url).pathname;
const RUN = `'${Deno.execPath()}' run -A --quiet '${CLI}' run ` +
  "--sandbox danger-full-access";

/** A shell in a terminal that runs a script, `$RUN` standing for ours. */
async function start(script: string, home: TempDir): Promise<Terminal> {
  const command = ["sh", "-c", script.replaceAll("$RUN", RUN)] as const;
  return await Terminal.start(command, {
    size: { rows: 33, cols: 99 },
    cwd: home.path,
    env: {
      ...Deno.env.toObject(),
      CODEX_HOME: home.path,
      TERM: "vt220",
      NO_COLOR: "1",
    },
  });
}

Deno.test("run in a terminal gives the command one of the same size and kind", async () => {
  await using home = await createTempDir();
  const script = `test -t 0 && test -t 1 && stty size && echo $TERM; exit 7`;
  await using terminal = await start(`$RUN -- sh -c '${script}'`, home);
  assert.deepEqual(await terminal.exit(), { code: 7 });
  assert.equal(terminal.screen, "33 99\r\nvt220\r\n");
});

Deno.test("run in a terminal passes a change of its size on", async () => {
  await using home = await createTempDir();
  const script = 'trap "stty size; exit" WINCH; echo ready; ' +
    "while :; do sleep 0.05; done";
  await using terminal = await start(`$RUN -- sh -c '${script}'`, home);
  await terminal.shows(/ready/);
  terminal.resize({ rows: 11, cols: 22 });
  assert.deepEqual(await terminal.exit(), { code: 0 });
  assert.equal(terminal.screen, "ready\r\n11 22\r\n");
});

Deno.test("run in a terminal passes Ctrl-C on as a key, and is not ended by it", async () => {
  await using home = await createTempDir();
  const script = 'trap "echo caught; exit 3" INT; echo ready; ' +
    "while :; do sleep 0.05; done";
  await using terminal = await start(`$RUN -- sh -c '${script}'`, home);
  await terminal.shows(/ready/);
  await terminal.type("\x03");
  assert.deepEqual(await terminal.exit(), { code: 3 });
  assert.equal(terminal.screen, "ready\r\n^Ccaught\r\n");
});

Deno.test("run in a terminal shows and types every byte as it is", async () => {
  await using home = await createTempDir();
  const script = "stty raw -echo; echo ready; dd bs=1 count=6 2>/dev/null | " +
    'od -An -tx1; printf "a\\nb"';
  await using terminal = await start(`$RUN -- sh -c '${script}'`, home);
  await terminal.shows(/ready/);
  await terminal.type("\r\n\x03\x1a\x13\xe9");
  assert.deepEqual(await terminal.exit(), { code: 0 });
  // Two bytes in UTF-8, of which one was wanted.
  assert.equal(terminal.screen, "ready\n 0d 0a 03 1a 13 c3\na\nb");
});

Deno.test("run --no-tty in a terminal gives pipes, and Ctrl-C ends it", async () => {
  await using home = await createTempDir();
  const script = "test -t 1 || echo pipe; exec sleep 1000";
  await using terminal = await start(
    `trap : INT; $RUN --no-tty -- sh -c '${script}'; echo code $?`,
    home,
  );
  await terminal.shows(/pipe/);
  await terminal.type("\x03");
  await terminal.shows(/code 130/);
});

Deno.test("run --tty without a terminal of its own gives one all the same", async () => {
  await using home = await createTempDir();
  const script = "test -t 0 && test -t 1 && stty size";
  await using terminal = await start(
    `: | $RUN --tty -- sh -c '${script}' 2>&1 | cat -v`,
    home,
  );
  await terminal.shows(/\d+ \d+\^M/);
});

for (
  const [how, command, expected] of [
    ["the command ends", "$RUN true", /code 0/],
    ["there is no such program", "$RUN /no/such/program", /code 255/],
    [
      "SIGTERM ends it",
      "$RUN -- sh -c 'kill -TERM $PPID; sleep 1000'",
      /code 143/,
    ],
  ] as const
) {
  Deno.test(`run gives the terminal back as it was when ${how}`, async () => {
    await using home = await createTempDir();
    await using terminal = await start(
      `stty -g; ${command}; echo code $?; stty -g`,
      home,
    );
    await terminal.exit();
    assert.match(terminal.screen, expected);
    const [before, after] = terminal.screen.match(/^\S+:\S+$/gm) ?? [];
    assert.ok(before !== undefined && before === after, terminal.screen);
  });
}

Deno.test("run gives the terminal back as it was when the server dies", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  const run = `$RUN --url ${server.url} -- sh -c 'echo ready; sleep 1000'`;
  await using terminal = await start(
    `stty -g; ${run}; echo code $?; stty -g`,
    home,
  );
  await terminal.shows(/ready/);
  server.kill("SIGKILL");
  await terminal.exit();
  assert.match(terminal.screen, /\r\nError: Connection closed[^\n]*\r\n/);
  assert.match(terminal.screen, /code 255/);
  const [before, after] = terminal.screen.match(/^\S+:\S+$/gm) ?? [];
  assert.ok(before !== undefined && before === after, terminal.screen);
});
