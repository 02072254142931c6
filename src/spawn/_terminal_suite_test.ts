import assert from "node:assert/strict";
import {
  bytesOf,
  ENV,
  firstLine,
  goneOf,
  readUntil,
  shell,
  strayDescriptors,
  textOf,
  toBytes,
} from "./_probes_test.ts";
import type { Spawner, SpawnOptions } from "./spawner.ts";

const SIZE = { rows: 33, cols: 101 };
/** ^C, ^D and ^Z as they are typed. */
const [INTERRUPT, END, SUSPEND] = ["\x03", "\x04", "\x1a"] as const;

/** What is known of the spawner under test. */
export interface TerminalSuiteOptions {
  /** In front of the names of the tests. */
  readonly name: string;
  /** Creates the spawner under test. */
  readonly create: () => Spawner | Promise<Spawner>;
  /** What every program is started with, such as a launcher. */
  readonly more?: () => Partial<SpawnOptions>;
  /** Whether programs inherit what this process was itself started with. */
  readonly inherits?: boolean;
}

/** What is true of every spawner that has terminals. */
export function testTerminals(
  { name, create, more = () => ({}), inherits = false }: TerminalSuiteOptions,
): void {
  const test = (criterion: string, fn: (spawner: Spawner) => Promise<void>) =>
    Deno.test(`${name}: ${criterion}`, async () => {
      await using spawner = await create();
      await fn(spawner);
    });
  const onTerminal = (script: string, rest: Partial<SpawnOptions> = {}) =>
    shell(script, { terminal: SIZE, ...more(), ...rest });

  test("a terminal controls its session, which the program leads", async (spawner) => {
    await using child = await spawner.spawn(onTerminal(
      "test -t 0 && test -t 1 && test -t 2 && echo three > /dev/tty; " +
        'read -r line < /proc/$$/stat; echo "$line"; exit 7',
    ));
    const [three, line] = (await textOf(child.stdout)).split("\r\n");
    assert.equal(three, "three");
    const [pid, , , , group, session, terminal, foreground] = line!.split(" ");
    assert.deepEqual(
      [pid, group, session, foreground].map(Number),
      [child.pid, child.pid, child.pid, child.pid],
    );
    assert.notEqual(terminal, "0");
    assert.deepEqual(await child.exit, { code: 7 });
    assert.equal(child.stderr, undefined);
    assert.equal(await child.stdout.read(1), undefined);
  });

  test("a terminal has its size from the start", async (spawner) => {
    for (let attempt = 0; attempt < 10; attempt++) {
      await using child = await spawner.spawn(onTerminal("exec stty size"));
      assert.equal(await textOf(child.stdout), "33 101\r\n");
    }
  });

  test("resize tells the program and the terminal", async (spawner) => {
    await using child = await spawner.spawn(onTerminal(
      "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.02; done",
    ));
    await readUntil(child.stdout, "ready\r\n");
    child.resize({ rows: 50, cols: 132 });
    assert.equal(await textOf(child.stdout), "50 132\r\n");
    child.resize({ rows: 1, cols: 1 });
  });

  test("environment, directory, arguments and files are as asked for", async (spawner) => {
    await using child = await spawner.spawn({
      ...onTerminal("", { cwd: "/usr/lib", files: ["/dev/null"] }),
      command: ["sh", "-c", 'pwd; echo "$ODD:$1"; wc -c <&3', "sh", "a  b"],
      env: { ...ENV, ODD: "bär" },
    });
    assert.equal(await textOf(child.stdout), "/usr/lib\r\nbär:a  b\r\n0\r\n");
  });

  test("no descriptor but the terminal is inherited", async (spawner) => {
    await using child = await spawner.spawn(onTerminal("echo /proc/$$/fd/*"));
    const text = await textOf(child.stdout);
    const stray = inherits ? await strayDescriptors() : [];
    assert.match(
      Array.from(text.matchAll(/\/fd\/(\d+)/g), ([, fd]) => fd!)
        .filter((fd) => !stray.includes(fd)).join(" "),
      /^0 (10 )?1 2( [3-9])?$/,
    );
  });

  test("what is typed is echoed and read", async (spawner) => {
    await using child = await spawner.spawn(
      onTerminal('read -r line; echo "<$line>"'),
    );
    await child.stdin!.write(toBytes("bär\n"));
    assert.equal(await textOf(child.stdout), "bär\r\n<bär>\r\n");
  });

  test("^C interrupts the group in the foreground", async (spawner) => {
    await using child = await spawner.spawn(onTerminal(
      "trap 'exit 5' INT; echo ready; while :; do sleep 0.02; done",
    ));
    await readUntil(child.stdout, "ready");
    await child.stdin!.write(toBytes(INTERRUPT));
    assert.deepEqual(await child.exit, { code: 5 });
  });

  test("a shell has job control", async (spawner) => {
    await using child = await spawner.spawn({
      ...onTerminal("", { env: { ...ENV, PS1: "$ ", TERM: "dumb" } }),
      command: ["bash", "--norc", "--noprofile", "--noediting", "-i"],
    });
    const type = (text: string) => child.stdin!.write(toBytes(text));
    await readUntil(child.stdout, "$ ");
    await type(
      `sh -c 'trap "echo back" CONT; echo up; while :; do read -r x; done'\n`,
    );
    await readUntil(child.stdout, "\r\nup");
    await type(SUSPEND);
    await readUntil(child.stdout, "Stopped");
    await type("fg\n");
    await readUntil(child.stdout, "\r\nback");
    await type(INTERRUPT);
    await readUntil(child.stdout, "$ ");
    await type("sleep 60 & echo pid $!\n");
    const said = await readUntil(child.stdout, /\r\npid \d+\r\n/);
    const pid = /\r\npid (\d+)/.exec(said)?.[1];
    child.signal(9);
    assert.deepEqual(await child.exit, { signal: 9 });
    await goneOf(Number(pid));
  });

  test("close types the end of input", async (spawner) => {
    await using child = await spawner.spawn(onTerminal("cat; echo over"));
    await child.stdin!.write(toBytes("ab"));
    await child.stdin!.close();
    assert.match(await textOf(child.stdout), /ab\r\nover\r\n$/);
    await assert.rejects(
      child.stdin!.write(toBytes("c")),
      Deno.errors.BrokenPipe,
    );
  });

  test("^D at the start of a line is the end of input", async (spawner) => {
    await using child = await spawner.spawn(onTerminal("exec cat"));
    await child.stdin!.write(toBytes(END));
    assert.deepEqual(await child.exit, { code: 0 });
  });

  test("the last bytes before the end are never lost", async (spawner) => {
    for (let attempt = 0; attempt < 50; attempt++) {
      // More than a few KiB are not taken before they are read.
      const waits = attempt % 2 === 0;
      const length = waits ? 3_000 : 65_536;
      await using child = await spawner.spawn(
        onTerminal(`stty raw; head -c ${length} /dev/zero; exit 3`),
      );
      if (waits) await child.exit;
      assert.equal((await bytesOf(child.stdout)).length, length);
      assert.deepEqual(await child.exit, { code: 3 });
    }
  });

  test("20 MB pass through a raw terminal as they are", async (spawner) => {
    const path = await Deno.makeTempFile();
    try {
      const bytes = new Uint32Array(5_000_000).map((_, index) =>
        Math.imul(index, 2_654_435_761)
      );
      await Deno.writeFile(path, new Uint8Array(bytes.buffer));
      await using child = await spawner.spawn({
        ...onTerminal(""),
        command: ["sh", "-c", 'stty raw; exec cat "$1"', "sh", path],
      });
      const got = new Uint32Array((await bytesOf(child.stdout)).buffer);
      assert.equal(got.length, bytes.length);
      assert.ok(got.every((word, index) => word === bytes[index]));
      assert.deepEqual(await child.exit, { code: 0 });
    } finally {
      await Deno.remove(path);
    }
  });

  test("more is typed than fits at once", async (spawner) => {
    await using child = await spawner.spawn(onTerminal(
      "stty raw -echo; echo ready; head -c 300000 | tr -d x | wc -c",
    ));
    await readUntil(child.stdout, "ready");
    await child.stdin!.write(toBytes("x".repeat(299_990) + "y".repeat(10)));
    assert.equal((await textOf(child.stdout)).trim(), "10");
  });

  test("the end of the program is told while another holds its terminal", async (spawner) => {
    const child = await spawner.spawn(onTerminal(
      "trap '' HUP; (echo left; exec sleep 60) & exit 4",
    ));
    assert.deepEqual(await child.exit, { code: 4 });
    assert.equal(await firstLine(child), "left");
    const pending = child.stdout.read(1);
    await child[Symbol.asyncDispose]();
    assert.equal(await pending, undefined);
  });

  test("cancel hangs the terminal up", async (spawner) => {
    await using child = await spawner.spawn(
      onTerminal("echo ready; exec sleep 60"),
    );
    await readUntil(child.stdout, "ready\r\n");
    const pending = child.stdout.read(1);
    child.stdout.cancel();
    assert.equal(await pending, undefined);
    assert.deepEqual(await child.exit, { signal: 1 });
    await assert.rejects(
      child.stdin!.write(toBytes("a")),
      Deno.errors.BrokenPipe,
    );
  });

  test("dispose ends a program in mid-read and in mid-write", async (spawner) => {
    const child = await spawner.spawn(
      onTerminal("stty raw -echo; echo ready; exec sleep 60"),
    );
    await readUntil(child.stdout, "ready\n");
    const reading = child.stdout.read(10);
    const writing = assert.rejects(
      child.stdin!.write(new Uint8Array(4_000_000)),
      Deno.errors.BrokenPipe,
    );
    const closing = child.stdin!.close();
    await child[Symbol.asyncDispose]();
    assert.equal(await reading, undefined);
    await writing;
    await closing;
    assert.deepEqual(await child.exit, { signal: 9 });
    child.resize(SIZE);
  });

  test("a pending write ends with the program", async (spawner) => {
    await using child = await spawner.spawn(
      onTerminal("stty raw -echo; echo ready; exec sleep 60"),
    );
    await readUntil(child.stdout, "ready\n");
    const writing = assert.rejects(
      child.stdin!.write(new Uint8Array(4_000_000)),
      Deno.errors.BrokenPipe,
    );
    child.signal(15);
    await writing;
    assert.deepEqual(await child.exit, { signal: 15 });
  });
}
