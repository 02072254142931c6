import assert from "node:assert/strict";
import { commandLinesWith } from "../../tests/kit/process_facts.ts";
import {
  createTempDir,
  namesIn,
  type TempDir,
} from "../../tests/kit/temp_dir.ts";
import { until } from "../../tests/kit/until.ts";
import { writeProgram } from "../../tests/kit/write_program.ts";
import { type Aftermath, makeBackend, Runner } from "./_escape_ground_test.ts";
import { toBubblewrapFilter } from "./_seccomp.ts";
import { createBubblewrap } from "./bubblewrap.ts";
import {
  type Backend,
  type Confinable,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import { toWritable } from "./policy.ts";

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
const readOnly: Confinement = {
  reads: "all",
  writes: [],
  hidden: [],
  shielded: [],
  network: false,
};

/** A box and a directory to confine commands to. */
interface Stage extends TempDir {
  readonly backend: Backend;
  /** Runs a script of the shell. */
  sh(
    script: string,
    limits?: Partial<Confinement>,
    env?: Record<string, string>,
  ): Promise<Aftermath>;
  /** What there is in the directory, hidden names too. */
  names(): string[];
}

function test(name: string, run: (stage: Stage) => Promise<void>): void {
  const ignore = Deno.build.os !== "linux";
  Deno.test({
    name,
    ignore,
    async fn() {
      const backend = await makeBackend("bubblewrap");
      if (backend === undefined) return;
      await using runner = await Runner.create(backend);
      await using directory = await createTempDir();
      const { path } = directory;
      await run({
        path,
        backend,
        sh: (script, limits = {}, env = {}) =>
          runner.run(
            ["/bin/sh", "-c", script],
            { ...readOnly, ...limits },
            { PATH, ...env },
          ),
        names: () => namesIn(path),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  });
}

for (const code of [0, 1, 42, 255]) {
  test(`a command in bubblewrap exits with ${code}`, async ({ sh }) => {
    assert.deepEqual(await sh(`exit ${code}`), {
      stdout: "",
      stderr: "",
      exit: { code },
    });
  });
}

for (const signal of [9, 15, 35, 64]) {
  test(`a command in bubblewrap that dies of signal ${signal} ends with 128 and that`, async ({ sh }) => {
    const { exit } = await sh(`kill -${signal} $$; sleep 5`);
    assert.deepEqual(exit, { code: 128 + signal });
  });
}

test("bubblewrap takes a command as it is, and where it is to run", async ({ backend, path }) => {
  const { command, files, launcher, release } = await backend.confine({
    command: ["/bin/echo", "-x", "--", "a b", ""],
    cwd: path,
    env: { PATH },
    hasTerminal: false,
  }, readOnly);
  assert.deepEqual(command.slice(-8), [
    "--chdir",
    path,
    "--",
    "/bin/echo",
    "-x",
    "--",
    "a b",
    "",
  ]);
  assert.deepEqual(
    [files?.length, launcher, release],
    [1, undefined, undefined],
  );
});

test("a command in bubblewrap keeps its outputs apart", async ({ sh }) => {
  assert.deepEqual(await sh("echo out; echo err >&2"), {
    stdout: "out\n",
    stderr: "err\n",
    exit: { code: 0 },
  });
});

test("a command in bubblewrap sees a filesystem that it can't write", async ({ sh, path, names }) => {
  const { stderr, exit } = await sh(`touch ${path}/x`);
  assert.match(stderr, /Read-only file system/);
  assert.deepEqual([exit, names()], [{ code: 1 }, []]);
});

test("a command in bubblewrap writes below its roots", async ({ sh, path, names }) => {
  const { exit } = await sh(`mkdir ${path}/a && echo hi > ${path}/a/b`, {
    writes: [path],
  });
  assert.deepEqual([exit, names()], [{ code: 0 }, ["a"]]);
  assert.equal(await Deno.readTextFile(`${path}/a/b`), "hi\n");
});

test("a command in bubblewrap writes no metadata, whether it is there or not", async ({ sh, path, names }) => {
  await Deno.mkdir(`${path}/.git/hooks`, { recursive: true });
  const limits = await toWritable([path]);
  const { stdout, exit } = await sh(
    `cd ${path}
     for name in .git .agents .codex .aws; do
       { mkdir $name || touch $name/x || rm -rf $name || mv $name other ||
         rmdir $name || ln -sfn /etc $name || echo > $name; } 2>/dev/null &&
         echo "$name gave way"
     done
     touch .git/hooks/pre-commit 2>/dev/null && echo "a hook"
     mv .git/hooks .git/h 2>/dev/null && echo "moved"
     touch fine; exit 0`,
    limits,
  );
  assert.deepEqual([stdout, exit], ["", { code: 0 }]);
  assert.deepEqual(names(), [".git", "fine"]);
  assert.deepEqual(
    namesIn(`${path}/.git`),
    ["hooks"],
  );
});

test("a command in bubblewrap can't swap a directory above what is shielded", async ({ sh, path, names }) => {
  await Deno.mkdir(`${path}/a/b`, { recursive: true });
  await Deno.writeTextFile(`${path}/a/b/kept`, "kept");
  const { stdout } = await sh(
    `cd ${path}
     mv a z 2>/dev/null && echo "moved a"
     mv a/b a/z 2>/dev/null && echo "moved b"
     { rm -rf a; mkdir -p a/b; echo changed > a/b/kept; } 2>/dev/null
     cat a/b/kept`,
    { writes: [path], shielded: [`${path}/a/b/kept`] },
  );
  assert.equal(stdout, "kept");
  assert.deepEqual(names(), ["a"]);
  assert.equal(await Deno.readTextFile(`${path}/a/b/kept`), "kept");
});

test("bubblewrap refuses to shield a link that the command could replace", async ({ sh, path }) => {
  await Deno.symlink("/etc", `${path}/.codex`);
  await assert.rejects(
    toWritable([path]).then((limits) => sh("true", limits)),
    SandboxUnavailable,
  );
});

test("a command in bubblewrap neither reads nor writes what is hidden", async ({ sh, path }) => {
  await Deno.mkdir(`${path}/dir`);
  await Deno.writeTextFile(`${path}/dir/secret`, "s3cret");
  await Deno.writeTextFile(`${path}/file`, "s3cret");
  await Deno.symlink("dir/secret", `${path}/link`);
  for (const writes of [[], [path], "all"] as const) {
    const { stdout } = await sh(
      `cd ${path}
       cat file dir/secret link; ls dir
       echo x > file; echo x > dir/secret; rm -rf file dir; mv dir other
       mv file other; mkdir dir; touch dir/x; true`,
      { writes, hidden: [`${path}/dir`, `${path}/file`] },
    );
    assert.equal(stdout, "");
    assert.equal(await Deno.readTextFile(`${path}/file`), "s3cret");
    assert.equal(await Deno.readTextFile(`${path}/dir/secret`), "s3cret");
  }
});

test("a command in bubblewrap has nothing but what it may read", async ({ sh, path }) => {
  await Deno.writeTextFile(`${path}/file`, "here");
  const { stdout, stderr } = await sh(
    `cat ${path}/file; ls /; cat /etc/passwd; touch /x ${path}/x`,
    { reads: ["/usr", path], writes: [] },
  );
  const top = path.split("/")[1]!;
  const links = ["bin", "lib", "lib64", "sbin", "lib32", "libx32"];
  const seen = stdout.replace("here", "").trim().split("\n")
    .filter((name) => !links.includes(name));
  assert.deepEqual(seen.sort(), ["dev", "proc", top, "usr"].sort());
  assert.match(stderr, /\/etc\/passwd: No such file/);
  assert.match(stderr, /'\/x': Read-only file system/);
  assert.match(stderr, /file system[^]*file system/);
});

test("a command in bubblewrap changes no setting of the kernel", async ({ sh }) => {
  const { stdout } = await sh(
    `for file in $(find /proc -maxdepth 4 -path '/proc/[0-9]*' -prune -o \
       -path /proc/self -prune -o -path /proc/thread-self -prune -o \
       -type f -perm -200 -print 2>/dev/null); do
       case $file in /proc/pressure/*|/proc/fs/*) continue ;; esac
       ( : >> "$file" ) 2>/dev/null && echo "$file"
     done; true`,
  );
  assert.equal(stdout, "");
});

test("a command in bubblewrap throws no switch of the machine, whatever it may write", async ({ sh }) => {
  for (
    const limits of [
      { writes: "all" } as const,
      await toWritable(["/"]),
      await toWritable(["/sys", "/sys/kernel"]),
    ]
  ) {
    const { stdout } = await sh(
      "find /sys -writable | head -n 3; echo done",
      limits,
    );
    assert.equal(stdout, "done\n");
  }
});

test("a command in bubblewrap has no capabilities and gains none", async ({ sh }) => {
  const { stdout } = await sh("grep -E '^(Cap|NoNewPrivs)' /proc/self/status");
  assert.deepEqual(
    stdout.trim().split("\n").map((line) => line.split("\t")),
    [
      ...["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"]
        .map((name) => [name, "0000000000000000"]),
      ["NoNewPrivs:", "1"],
    ],
  );
});

test("variables of a loader reach the command in bubblewrap, not bubblewrap", async ({ backend }) => {
  const loaders = {
    LD_PRELOAD: "/evil.so",
    LD_LIBRARY_PATH: "/evil",
    LD_AUDIT: "/evil.so",
    GCONV_PATH: "/evil",
    GLIBC_TUNABLES: "x",
    MALLOC_TRACE: "/evil",
    // Where a shell has to open a descriptor first.
    SHELLOPTS: "xtrace",
    PS4: "$(evil)",
    ENV: "/evil",
    BASH_ENV: "/evil",
    "BASH_FUNC_exec%%": "() { evil; }",
  };
  const { command, env } = await backend.confine({
    command: ["env"],
    cwd: "/",
    env: { PATH, FINE: "1", ...loaders },
    hasTerminal: false,
  }, readOnly);
  assert.deepEqual(env, { PATH, FINE: "1" });
  const set: Record<string, string> = {};
  command.forEach((word, index) => {
    if (word === "--setenv") set[command[index + 1]!] = command[index + 2]!;
  });
  assert.deepEqual(set, loaders);
});

test("a command in bubblewrap gets the variables of a loader", async ({ sh }) => {
  const { stdout } = await sh('echo "$MALLOC_TRACE"', {}, {
    MALLOC_TRACE: "/nowhere",
  });
  assert.equal(stdout, "/nowhere\n");
});

test("a command in bubblewrap gets ^C, which leaves it its choice", async ({ backend }) => {
  await using runner = await Runner.create(undefined);
  const script = "trap 'exit 7' INT; kill -INT 0; sleep 5";
  const { command } = await backend.confine({
    command: ["/bin/sh", "-c", script],
    cwd: "/",
    env: { PATH },
    hasTerminal: true,
  }, readOnly);
  // The filter is descriptor 3, which is not given here.
  const at = command.indexOf("--seccomp");
  const { exit } = await runner.run(
    command.toSpliced(at, 2) as [string, ...string[]],
    readOnly,
    { PATH },
    { rows: 24, cols: 80 },
  );
  assert.deepEqual(exit, { code: 7 });
});

test("bubblewrap leaves nothing where it shielded what is missing", async ({ sh, path, names }) => {
  const limits = await toWritable([path]);
  await Promise.all(
    Array.from({ length: 8 }, () => sh(`ls -a ${path}`, limits)),
  );
  assert.deepEqual(names(), []);
});

test("bubblewrap's shields stay as long as any command needs them", async ({ backend, path, names }) => {
  await using runner = await Runner.create(undefined);
  const what = {
    command: ["/bin/sh", "-c", `read -r _; mkdir ${path}/.git`] as const,
    cwd: "/",
    env: { PATH },
    hasTerminal: false,
  };
  const limits = { ...readOnly, ...await toWritable([path]) };
  const [one, two] = await Promise.all([
    backend.confine(what, limits),
    backend.confine(what, limits),
  ]);
  await one.release?.();
  assert.deepEqual(names(), [".agents", ".aws", ".codex", ".git"]);
  await two.release?.();
  assert.deepEqual(names(), []);
  await runner[Symbol.asyncDispose]();
});

test("bubblewrap's shields stay for who came when others had them", async ({ backend, path, names }) => {
  await using other = await makeBackend("bubblewrap");
  const what: Confinable = {
    command: ["true"],
    cwd: "/",
    env: {},
    hasTerminal: false,
  };
  const limits = { ...readOnly, ...await toWritable([path]) };
  const first = await backend.confine(what, limits);
  const second = await backend.confine(what, limits);
  const third = await other!.confine(what, limits);
  const shields = [".agents", ".aws", ".codex", ".git"];
  await first.release?.();
  assert.deepEqual(names(), shields);
  await second.release?.();
  assert.deepEqual(names(), shields);
  await third.release?.();
  assert.deepEqual(names(), []);
});

test("a command in bubblewrap makes no metadata when another has ended", async ({ sh, path, names }) => {
  const limits = await toWritable([path]);
  const first = sh(
    `until [ -e ${path}/second ]; do sleep 0.01; done`,
    limits,
  );
  await until("the first is there", () => names().includes(".git"));
  const second = sh(
    `cd ${path} && : > second && until [ -e first ]; do sleep 0.01; done
     rmdir .git; mkdir .git; touch .git/config && echo made`,
    limits,
  );
  await first;
  await Deno.writeTextFile(`${path}/first`, "");
  assert.equal((await second).stdout, "");
  assert.deepEqual(names(), ["first", "second"]);
});

test("bubblewrap refuses more paths than it can take", async ({ sh, path }) => {
  const writes = Array.from({ length: 3000 }, (_, at) => `${path}/${at}`);
  await Promise.all(writes.map((name) => Deno.mkdir(name)));
  await assert.rejects(
    sh("true", { writes }),
    new SandboxUnavailable(
      "Cannot confine the command with bubblewrap: 3000 paths are too many",
    ),
  );
});

test("commands in bubblewrap take hundreds of roots", async ({ sh, path }) => {
  const writes = Array.from({ length: 300 }, (_, at) => `${path}/${at}`);
  await Promise.all(writes.map((name) => Deno.mkdir(name)));
  const { exit } = await sh(`touch ${path}/0/x ${path}/299/x`, { writes });
  assert.deepEqual(exit, { code: 0 });
});

test("everything in bubblewrap dies with its builder", async ({ backend, path }) => {
  await using runner = await Runner.create(backend);
  const command = [
    "/bin/sh",
    "-c",
    `setsid sh -c 'while :; do touch ${path}/beat; sleep 0.02; done' & wait`,
  ] as const;
  await runner.use(
    command,
    { ...readOnly, writes: [path] },
    { PATH },
    async (child) => {
      const beat = () => Deno.stat(`${path}/beat`).catch(() => undefined);
      await until("a heartbeat", beat);
      // Whoever makes it beat is told where.
      const left = () => commandLinesWith(`${path}/beat`);
      assert.notDeepEqual(await left(), []);
      child.signal(9);
      await child.exit;
      await until("nobody is left", async () => (await left()).length === 0);
    },
  );
});

Deno.test({
  name: "no command in bubblewrap is there when a filter of others is made",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using known = await makeBackend("bubblewrap");
    if (known === undefined) return;
    await using directory = await createTempDir();
    const made: boolean[] = [];
    await using backend = await createBubblewrap({
      directory: directory.path,
      filter: (network) => {
        made.push(network);
        return toBubblewrapFilter(network);
      },
    });
    const places: string[] = [];
    for (const network of [false, true, false]) {
      const { files } = await backend.confine({
        command: ["true"],
        cwd: "/",
        env: {},
        hasTerminal: false,
      }, { ...readOnly, network });
      assert.deepEqual(made, [true, false]);
      places.push(await Deno.readLink(files![0]!));
    }
    assert.equal(places[0], places[2]);
    assert.notEqual(places[0], places[1]);
    for (const place of places) assert.ok(place.startsWith(directory.path));
  },
});

Deno.test("createBubblewrap() says that there is none on PATH", async () => {
  for (const searchPath of ["", "/nowhere", "relative:."]) {
    await assert.rejects(
      createBubblewrap({ searchPath }),
      new SandboxUnavailable("Cannot find bubblewrap (bwrap) on PATH"),
    );
  }
});

Deno.test("createBubblewrap() says why it does not work", async () => {
  await using directory = await createTempDir();
  const program = `${directory.path}/bwrap`;
  await writeProgram(
    program,
    "#!/bin/sh\necho 'bwrap: no namespaces today' >&2; exit 1\n",
  );
  await assert.rejects(
    createBubblewrap({ searchPath: directory.path }),
    new SandboxUnavailable(
      `"${program}" does not work here: bwrap: no namespaces today`,
    ),
  );
});

/** Programs of that name that make no box. */
const impostors: [string, string][] = [
  ["does nothing", "exit 0"],
  ["says what it is asked", "echo bubblewrap 0.8.0"],
  [
    "runs the command alone",
    'until [ "$1" = -- ]; do shift; done; shift; "$@"',
  ],
];

for (const [what, script] of impostors) {
  Deno.test({
    name: `createBubblewrap() does not fall for a program that ${what}`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using directory = await createTempDir();
      const program = `${directory.path}/bwrap`;
      await writeProgram(program, `#!/bin/sh\n${script}\n`);
      await assert.rejects(
        createBubblewrap({ searchPath: directory.path }),
        new SandboxUnavailable(
          `"${program}" does not work here: commands are in no box of its`,
        ),
      );
    },
  });
}

Deno.test({
  name: "createBubblewrap() is unavailable if the program can't be started",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using directory = await createTempDir();
    const program = `${directory.path}/bwrap`;
    await writeProgram(program, "#!/no/such/shell\n");
    await assert.rejects(
      createBubblewrap({ searchPath: directory.path }),
      (error) =>
        error instanceof SandboxUnavailable &&
        error.message.startsWith(`"${program}" does not work here: `),
    );
  },
});
