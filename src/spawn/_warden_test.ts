import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { until } from "../../tests/kit/until.ts";
import { copyProgram } from "../../tests/kit/write_program.ts";
import {
  goneOf,
  isAlive,
  startSession,
  wardenOtherThan,
} from "./_probes_test.ts";
import { Warden } from "./_warden.ts";
import { WARDEN_SCRIPT } from "./_warden_script.ts";

/** Shells that a machine may have as its /bin/sh. */
const SHELLS: readonly (readonly [string, ...string[]])[] = [
  ["dash"],
  ["bash", "--posix"],
  ["busybox", "ash"],
];

const isLinux = Deno.build.os === "linux";

/** A warden of its own, with its books open. */
class Books implements AsyncDisposable {
  readonly process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor([file, ...args]: readonly [string, ...string[]]) {
    this.process = new Deno.Command("/usr/bin/setsid", {
      args: [file, ...args, "-c", WARDEN_SCRIPT],
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#writer = this.process.stdin.getWriter();
  }

  write(text: string | Uint8Array): Promise<void> {
    return this.#writer.write(
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    );
  }

  /** Closes the books and gives the code that the warden ends with. */
  async close(): Promise<number> {
    await this.#writer.close();
    return (await this.process.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.process.status;
  }
}

/** A session of its own that says when it is ready, and who is in it. */
class Session implements AsyncDisposable {
  readonly pid: number;
  /** Processes that the script told about, the leader first. */
  readonly members: readonly number[];
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess, members: readonly number[]) {
    this.#process = process;
    this.pid = process.pid;
    this.members = [process.pid, ...members];
  }

  /** The script writes one line with the pids of its processes. */
  static async start(
    script: string,
    command: readonly string[] = ["bash", "-c", script],
  ): Promise<Session> {
    const process = new Deno.Command("/usr/bin/setsid", {
      args: [...command],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = process.stdout.getReader();
    let line = "";
    while (!line.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) break;
      line += new TextDecoder().decode(value);
    }
    await reader.cancel();
    const pids = line.split(/\s+/).filter((word) => word !== "").map(Number);
    return new Session(process, pids);
  }

  async whenGone(): Promise<void> {
    await this.#process.status;
    for (const pid of this.members) await goneOf(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.members) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // Gone already.
      }
    }
    await this.#process.status;
  }
}

/** Children, grandchildren, a group of its own, one that is stopped. */
const FAMILY = `
  sleep 300 & a=$!
  set -m
  sleep 300 & b=$!
  (sleep 300 & echo $a $b $! $BASHPID; wait) & c=$!
  kill -STOP $b
  wait
`;

/** The pipe that a process writes to, as the warden is told it. */
async function outputOf(pid: number): Promise<string> {
  const link = await Deno.readLink(`/proc/${pid}/fd/1`);
  return `p${/^pipe:\[(\d+)\]$/.exec(link)![1]}`;
}

/** From here on no system gives out numbers: nobody is hit. */
const NOBODY = 5_000_000;

for (const shell of SHELLS) {
  const ignore = !isLinux || !await isInstalled(shell[0]);
  const name = shell.join(" ");

  Deno.test({
    name:
      `WARDEN_SCRIPT in ${name}: kills the sessions in its books at the end`,
    ignore,
    fn: async () => {
      await using booked = await Session.start(FAMILY);
      await using struck = await Session.start(FAMILY);
      await using unknown = await Session.start(FAMILY);
      await using warden = new Books(shell);
      await warden.write(`+ ${booked.pid}\n+ ${struck.pid}\n`);
      await warden.write(`- ${struck.pid}\n`);
      assert.equal(await warden.close(), 0);
      await booked.whenGone();
      for (const pid of [...struck.members, ...unknown.members]) {
        assert.ok(await isAlive(pid), `${pid} was killed`);
      }
    },
  });

  Deno.test({
    name:
      `WARDEN_SCRIPT in ${name}: kills who holds an output that was announced, and leads a session`,
    ignore,
    fn: async () => {
      await using expected = await Session.start(FAMILY);
      await using withdrawn = await Session.start(FAMILY);
      await using unknown = await Session.start(FAMILY);
      await using warden = new Books(shell);
      const [first, second] = await Promise.all(
        [expected, withdrawn].map(({ pid }) => outputOf(pid)),
      );
      await warden.write(`? ${second}\n? ${first}\n? p\n? ${first}x\n`);
      await warden.write(`/ ${second}\n/ p1\n`);
      assert.equal(await warden.close(), 0);
      await expected.whenGone();
      for (const pid of [...withdrawn.members, ...unknown.members]) {
        assert.ok(await isAlive(pid), `${pid} was killed`);
      }
    },
  });

  Deno.test({
    name:
      `WARDEN_SCRIPT in ${name}: garbage, prefixes and half lines mean nobody`,
    ignore,
    fn: async () => {
      await using session = await Session.start(FAMILY);
      const { pid } = session;
      await using booked = await Session.start(FAMILY);
      await using warden = new Books(shell);
      await warden.write([
        "",
        "+",
        "- ",
        "hello",
        `+${pid}`,
        `+ ${pid}0`,
        `+ 0${pid}`,
        `+ ${pid}x`,
        `+ x${pid}`,
        `+ -${pid}`,
        `+ ${pid} ${pid}`,
        `* ${pid}`,
        `++ ${pid}`,
        "+ 0",
        "+ 1",
        "+ -1",
        "! 1",
        "+ $(kill -9 0)",
        "+ ;exit",
        "+ `exit`",
        "+ * *",
        `! ${pid} far`,
        "x".repeat(5_000),
        `+ ${booked.pid}`,
        "",
      ].join("\n"));
      await warden.write(new Uint8Array([0xff, 0xfe, 0, 0x80, 10]));
      await warden.write(`- ${booked.pid}0\n+ ${pid}`);
      assert.equal(await warden.close(), 0);
      await booked.whenGone();
      for (const member of session.members) assert.ok(await isAlive(member));
    },
  });

  Deno.test({
    name: `WARDEN_SCRIPT in ${name}: names of programs may hold anything`,
    ignore,
    fn: async () => {
      const directory = await Deno.makeTempDir();
      try {
        const names = [") S 1 1 1 1", "\n) S 1 (\n", "a b\n", ")", "((("];
        await using sessions = new AsyncDisposableStack();
        await using warden = new Books(shell);
        const started: Session[] = [];
        for (const program of names) {
          const path = `${directory}/${program}`;
          await copyProgram("/bin/sleep", path);
          // The one in the background has the name, and a group of its own.
          const script = 'set -m; "$0" 300 & echo $!; wait';
          const session = sessions.use(
            await Session.start(script, ["bash", "-c", script, path]),
          );
          started.push(session);
          await until(
            "the program is started",
            async () =>
              await Deno.readTextFile(`/proc/${session.members[1]}/comm`) ===
                `${program.slice(0, 15)}\n`,
          );
          await warden.write(`+ ${session.pid}\n`);
        }
        await warden.close();
        for (const session of started) await session.whenGone();
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });

  Deno.test({
    name: `WARDEN_SCRIPT in ${name}: kills a session when it is told to`,
    ignore,
    fn: async () => {
      await using first = await Session.start(FAMILY);
      await using second = await Session.start(FAMILY);
      await using spared = await Session.start(FAMILY);
      await using warden = new Books(shell);
      await warden.write(`! ${first.pid}\n! ${second.pid} near\n`);
      await first.whenGone();
      await second.whenGone();
      for (const pid of spared.members) assert.ok(await isAlive(pid));
      assert.equal(await warden.close(), 0);
    },
  });

  Deno.test({
    name: `WARDEN_SCRIPT in ${name}: keeps books for thousands`,
    ignore,
    fn: async () => {
      await using session = await Session.start(FAMILY);
      await using struck = await Session.start(FAMILY);
      await using warden = new Books(shell);
      const others = Array.from(
        { length: 3_000 },
        (_, index) => NOBODY + index,
      );
      const toLines = (verb: string, pids: readonly number[]) =>
        pids.map((pid) => `${verb} ${pid}\n`).join("");
      await warden.write(toLines("+", others.slice(0, 1_500)));
      await warden.write(`+ ${session.pid}\n+ ${struck.pid}\n`);
      await warden.write(toLines("+", others.slice(1_500)));
      // Many come and go, so that the list is tidied up.
      await warden.write(toLines("-", others.slice(0, 2_900)));
      await warden.write(`- ${struck.pid}\n`);
      await warden.write(toLines("+", others.slice(0, 1_000)));
      assert.equal(await warden.close(), 0);
      await session.whenGone();
      for (const pid of struck.members) assert.ok(await isAlive(pid));
    },
  });

  Deno.test({
    name: `WARDEN_SCRIPT in ${name}: is not talked out of it by signals`,
    ignore,
    fn: async () => {
      await using session = await Session.start(FAMILY);
      await using warden = new Books(shell);
      const { pid } = warden.process;
      // The mask of what is ignored says when it listens.
      await until("the warden ignores SIGTERM", async () => {
        const status = await Deno.readTextFile(`/proc/${pid}/status`);
        return /^SigIgn:.*[4-7c-f][0-9a-f]{3}$/m.test(status);
      });
      const signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;
      for (const signal of signals) Deno.kill(pid, signal);
      await warden.write(`+ ${session.pid}\n`);
      assert.equal(await warden.close(), 0);
      await session.whenGone();
    },
  });
}

async function isInstalled(program: string): Promise<boolean> {
  for (const directory of ["/usr/bin", "/bin"]) {
    try {
      await Deno.stat(`${directory}/${program}`);
      return true;
    } catch {
      // Perhaps in the next one.
    }
  }
  return false;
}

testAlone({
  module: import.meta.url,
  name: "Warden gives a late successor its books",
}, async () => {
  const directory = await Deno.makeTempDir();
  const setsid = `${directory}/setsid`;
  const session = startSession();
  try {
    await Deno.symlink("/usr/bin/setsid", setsid);
    const warden = new Warden(setsid);
    warden.prepare();
    const first = await wardenOtherThan(0);
    await warden.add(session.pid);
    Deno.kill(first, "SIGKILL");
    await goneOf(first);
    await Deno.remove(setsid);
    // It is found dead, and nothing takes its place.
    await warden.add(NOBODY);
    warden.remove(NOBODY);
    await Deno.symlink("/usr/bin/setsid", setsid);
    warden.prepare();
    await wardenOtherThan(first);
    await warden[Symbol.asyncDispose]();
    await goneOf(session.pid);
  } finally {
    if (await isAlive(session.pid)) session.kill("SIGKILL");
    await session.status;
    await Deno.remove(directory, { recursive: true });
  }
});
