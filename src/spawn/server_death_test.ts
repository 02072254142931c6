import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { until } from "../../tests/kit/until.ts";
import { isAlive, wardenOtherThan } from "./_probes_test.ts";
import { createSpawner } from "./create_spawner.ts";

const ENV = { PATH: "/usr/bin:/bin" };

/** Children, grandchildren, a group of its own, one that is stopped. */
const FAMILY = `
  sleep 300 & a=$!
  set -m
  sleep 300 & b=$!
  (sleep 300 & echo $a $b $! $BASHPID; wait) & c=$!
  kill -STOP $b
  wait
`;

/** How a server may die without disposing anything. */
const DEATHS = {
  "SIGKILL": "Deno.kill(Deno.pid, 'SIGKILL');",
  "SIGTERM": "Deno.kill(Deno.pid, 'SIGTERM');",
  "Deno.exit": "Deno.exit(3);",
  "an exception": "throw new Error('expected');",
} as const;

for (const only of ["native", "portable"] as const) {
  const ignore = Deno.build.os !== "linux" || !await works(only);

  for (const [death, code] of Object.entries(DEATHS)) {
    Deno.test({
      name: `${only} spawner: nothing outlives a server that dies of ${death}`,
      ignore,
      fn: async () => {
        const text = await runServer(
          only,
          `
          const pids = [];
          for (let count = 0; count < 5; count++) {
            const child = await spawner.spawn({
              command: ["bash", "-c", ${JSON.stringify(FAMILY)}],
              cwd: "/", env: ${JSON.stringify(ENV)}, stdin: "null",
            });
            const line = new TextDecoder().decode(await child.stdout.read(4096));
            pids.push(child.pid, ...line.trim().split(" ").map(Number));
          }
          say(pids.join(" "));
          ${code}
        `,
        );
        const pids = text.trim().split(" ").map(Number);
        assert.equal(pids.length, 25);
        for (const pid of pids) await whenDead(pid);
      },
    });
  }

  Deno.test({
    name: `${only} spawner: not even the child started last outlives kill -9`,
    ignore,
    fn: async () => {
      for (let round = 0; round < 10; round++) {
        const text = await runServer(
          only,
          `
          const { pid } = await spawner.spawn({
            command: ["sleep", "300"],
            cwd: "/", env: ${JSON.stringify(ENV)}, stdin: "null",
          });
          // The pid is told before, so that the test knows; nothing else is
          // waited for.
          say(pid);
          Deno.kill(Deno.pid, "SIGKILL");
        `,
        );
        await whenDead(Number(text));
      }
    },
  });

  for (const terminal of [undefined, { rows: 24, cols: 80 }]) {
    const kind = terminal === undefined ? "pipes" : "a terminal";
    Deno.test({
      name:
        `${only} spawner: a server that is killed before it learns a number leaves nothing: ${kind}`,
      // The other one can't be stopped in that instant.
      ignore: ignore || only !== "native",
      fn: async () => {
        const text = await runServer(
          only,
          `
          const { createLauncher } = await import(${
            JSON.stringify(import.meta.resolve("./create_launcher.ts"))
          });
          const launcher = createLauncher();
          await spawner.spawn({
            command: ["sh", "-c", "trap '' HUP; exec sleep 300"],
            cwd: "/", env: ${JSON.stringify(ENV)}, stdin: "null",
            terminal: ${JSON.stringify(terminal)},
            launcher: {
              launch(order) {
                const { pid } = launcher.launch(order);
                say(pid);
                const path = "/proc/" + pid + "/cmdline";
                while (!Deno.readTextFileSync(path).startsWith("sleep"));
                Deno.kill(Deno.pid, "SIGKILL");
              },
            },
          });
        `,
        );
        assert.match(text, /^\d+$/);
        await whenDead(Number(text));
      },
    });
  }

  testAlone({
    module: import.meta.url,
    name: `${only} spawner: the warden holds nothing of the server`,
    ignore,
  }, async () => {
    await using spawner = await createSpawner({ only });
    using _held = await Deno.open("/etc/passwd");
    using _listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using _child = await spawner.spawn({
      command: ["sleep", "300"],
      cwd: "/",
      env: ENV,
      stdin: "null",
    });
    const warden = await wardenOtherThan(0);
    await until("the warden holds no more than it should", async () => {
      const held = await readDescriptors(warden);
      // Shells with one digit for descriptors can't close others that the
      // parent of this process left open; they are none of the server's.
      return held.get(1) === "/dev/null" && held.get(2) === "/dev/null" &&
        held.get(0)?.startsWith("pipe:") &&
        [...held.keys()].every((fd) => fd <= 2 || fd >= 10) &&
        ![...held.values()].some((path) =>
          path === "/etc/passwd" || path.startsWith("socket:")
        );
    });
    const stat = await readStat(warden);
    assert.deepEqual([stat.group, stat.session], [warden, warden]);
    const environ = await Deno.readTextFile(`/proc/${warden}/environ`);
    assert.equal(environ, "PATH=/usr/bin:/bin\0");
    assert.equal(await Deno.readLink(`/proc/${warden}/cwd`), "/");
  });

  Deno.test({
    name: `${only} spawner: a warden that was killed is replaced`,
    ignore,
    fn: async () => {
      const text = await runServer(
        only,
        `
        const options = {
          command: ["sleep", "300"],
          cwd: "/", env: ${JSON.stringify(ENV)}, stdin: "null",
        };
        const first = await spawner.spawn(options);
        for await (const { name } of Deno.readDir("/proc")) {
          if (!/^\\d+$/.test(name) || Number(name) === first.pid) continue;
          const stat = await Deno.readTextFile("/proc/" + name + "/stat")
            .catch(() => "");
          if (stat.split(") ").at(-1).split(" ")[1] === String(Deno.pid)) {
            Deno.kill(Number(name), "SIGKILL");
            while (true) {
              const now = await Deno.readTextFile("/proc/" + name + "/stat")
                .catch(() => ") Z ");
              if (/\\) [ZX] /.test(now)) break;
            }
          }
        }
        // Entries are how the loss is noticed.
        const second = await spawner.spawn(options);
        await (await spawner.spawn(options))[Symbol.asyncDispose]();
        say(first.pid + " " + second.pid);
        Deno.kill(Deno.pid, "SIGKILL");
      `,
      );
      for (const pid of text.split(" ")) await whenDead(Number(pid));
    },
  });
}

/** Runs a server to its end and gives what it said. */
async function runServer(only: string, body: string): Promise<string> {
  const module = import.meta.resolve("./create_spawner.ts");
  const code = `
    import { createSpawner } from ${JSON.stringify(module)};
    const say = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text));
    const spawner = await createSpawner({ only: ${JSON.stringify(only)} });
    ${body}
  `;
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--ext=js", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = server.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  // Ends only if nobody that the server left behind holds its output.
  const { stdout } = await server.output();
  return new TextDecoder().decode(stdout);
}

async function works(only: "native" | "portable"): Promise<boolean> {
  try {
    await using _spawner = await createSpawner({ only });
    return true;
  } catch {
    return false;
  }
}

async function readStat(
  pid: number,
): Promise<{ group: number; session: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [, , group, session] = stat
    .slice(stat.lastIndexOf(")") + 2).split(" ");
  return { group: Number(group), session: Number(session) };
}

async function readDescriptors(
  pid: number,
): Promise<ReadonlyMap<number, string>> {
  const held = new Map<number, string>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const path = await Deno.readLink(`/proc/${pid}/fd/${name}`)
      .catch(() => undefined); // closed meanwhile
    if (path !== undefined) held.set(Number(name), path);
  }
  return held;
}

async function whenDead(pid: number): Promise<void> {
  await until(`${pid} is dead`, async () => !await isAlive(pid));
}
