import assert from "node:assert/strict";
import { createTempDir, namesIn } from "../../tests/kit/temp_dir.ts";
import { Access, AccessDenied, type AccessRules } from "../access/mod.ts";
import { Config, type ConfigTable } from "../config/mod.ts";
import { createSpawner, SpawnError } from "../spawn/mod.ts";
import { makeBackend, textOf } from "./_escape_ground_test.ts";
import { type Confinable, SandboxUnavailable } from "./confinement.ts";
import { InvalidPermission } from "./permission.ts";
import type { Wish } from "./policies.ts";
import { createSandbox } from "./create_sandbox.ts";
import type { Sandbox, SandboxOptions } from "./sandbox.ts";

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
const isLinux = Deno.build.os === "linux";

async function create(
  rules: AccessRules = {},
  options: Partial<SandboxOptions> & { settings?: Record<string, unknown> } =
    {},
): Promise<Sandbox> {
  const { settings = {}, ...others } = options;
  return createSandbox({
    config: new Config({ effective: settings as ConfigTable }),
    access: await Access.create(rules),
    ...others,
  });
}

function shell(script: string, cwd = "/"): Confinable {
  return {
    command: ["/bin/sh", "-c", script],
    cwd,
    env: { PATH },
    hasTerminal: false,
  };
}

const wish = (of: Partial<Wish> = {}): Wish => ({ cwd: "/", ...of });
const noSandbox = { env: { get: () => undefined }, only: "seatbelt" } as const;

/** Runs a command as the sandbox says. */
async function run(
  sandbox: Sandbox,
  what: Confinable,
  wanted: Wish | "unconfined",
): Promise<{ stdout: string; stderr: string }> {
  await using spawner = await createSpawner();
  const { command, env, files, launcher, release } = await sandbox.launch(
    what,
    wanted,
  );
  try {
    await using child = await spawner.spawn({
      command,
      cwd: what.cwd,
      env,
      stdin: "null",
      ...files && { files },
      ...launcher && { launcher },
    });
    const [stdout, stderr] = await Promise.all([
      textOf(child.stdout),
      textOf(child.stderr!),
      child.exit,
    ]);
    return { stdout, stderr };
  } finally {
    await release?.();
  }
}

function testInBox(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: !isLinux,
    async fn() {
      await using backend = await makeBackend("bubblewrap");
      if (backend !== undefined) await fn();
    },
  });
}

/** Wishes for which nothing is confined, and what the command is told. */
const free: [Wish | "unconfined", Record<string, string>][] = [
  ["unconfined", {}],
  [wish({ sandboxPolicy: { type: "dangerFullAccess" } }), {}],
  [
    wish({
      sandboxPolicy: { type: "externalSandbox", networkAccess: "enabled" },
    }),
    {},
  ],
  [wish({ sandboxPolicy: { type: "externalSandbox" } }), {
    CODEX_SANDBOX_NETWORK_DISABLED: "1",
  }],
  [wish({ permissionProfile: ":danger-full-access" }), {}],
];

for (const [wanted, told] of free) {
  Deno.test(`Sandbox.launch() starts a command as it stands for ${JSON.stringify(wanted)}`, async () => {
    await using sandbox = await create({}, noSandbox);
    const what = shell("true");
    assert.deepEqual(await sandbox.launch(what, wanted), {
      ...what,
      env: { PATH, ...told },
    });
  });
}

Deno.test("Sandbox.launch() refuses what has to be confined where nothing can", async () => {
  await using sandbox = await create({}, noSandbox);
  const reason = Deno.build.os === "darwin"
    ? /^No sandbox works here/
    : /^No sandbox works here\. There is no seatbelt for \w+$/;
  for (
    const wanted of [
      wish(),
      wish({ sandboxPolicy: { type: "readOnly" } }),
      wish({ permissionProfile: ":read-only" }),
    ]
  ) {
    await assert.rejects(sandbox.launch(shell("true"), wanted), (error) => {
      assert.ok(error instanceof SandboxUnavailable);
      assert.match(error.message, reason);
      return true;
    });
  }
});

Deno.test("Sandbox.launch() refuses even what is not to be confined if rules can't be enforced", async () => {
  await using sandbox = await create({ allowWrite: ["/tmp"] }, noSandbox);
  for (
    const wanted of [
      "unconfined",
      wish({ sandboxPolicy: { type: "dangerFullAccess" } }),
    ] as const
  ) {
    await assert.rejects(
      sandbox.launch(shell("true"), wanted),
      SandboxUnavailable,
    );
  }
});

Deno.test("Sandbox.launch() refuses a wish that is wrong before all else", async () => {
  await using sandbox = await create({}, noSandbox);
  await assert.rejects(
    sandbox.launch(shell("true"), wish({ permissionProfile: "none" })),
    InvalidPermission,
  );
});

Deno.test("Sandbox.launch() refuses a program or directory outside of the rules, and names the flag", async () => {
  await using directory = await createTempDir();
  await using sandbox = await create({ allowRead: [directory.path] });
  for (const cwd of ["/", directory.path]) {
    await assert.rejects(
      sandbox.launch(shell("true", cwd), "unconfined"),
      (error) => {
        assert.ok(error instanceof AccessDenied);
        assert.equal(error.flag, "--allow-read");
        return true;
      },
    );
  }
});

Deno.test({
  name:
    "Sandbox.launch() refuses a directory outside of the rules for a program within",
  ignore: !isLinux,
  async fn() {
    await using sandbox = await create({
      allowRead: [await Deno.realPath("/bin")],
    });
    await assert.rejects(
      sandbox.launch(shell("true", "/var"), "unconfined"),
      (error) => {
        assert.ok(error instanceof AccessDenied);
        assert.equal(error.path, "/var");
        return true;
      },
    );
  },
});

testInBox(
  "Sandbox.launch() says that there is no such program before anything is started",
  async () => {
    await using sandbox = await create();
    await assert.rejects(
      sandbox.launch({ ...shell(""), command: ["no-such-program"] }, wish()),
      new SpawnError(2, "no-such-program"),
    );
  },
);

testInBox(
  "Sandbox.launch() says that a profile hides the program or the directory",
  async () => {
    const profile = (path: string) => ({
      permissions: { dev: { filesystem: { ":root": "read", [path]: "deny" } } },
    });
    for (const path of ["/usr", "/var"]) {
      await using sandbox = await create({}, { settings: profile(path) });
      await assert.rejects(
        sandbox.launch(
          shell("true", "/var"),
          wish({ permissionProfile: "dev", cwd: "/var" }),
        ),
        (error) => error instanceof SpawnError && error.errno === 13,
      );
    }
  },
);

testInBox(
  "Sandbox.launch() confines to read-only without a wish, and tells that there is no network",
  async () => {
    await using sandbox = await create();
    await using directory = await createTempDir();
    const { stdout, stderr } = await run(
      sandbox,
      shell(`echo $CODEX_SANDBOX_NETWORK_DISABLED; touch ${directory.path}/x`),
      wish(),
    );
    assert.equal(stdout, "1\n");
    assert.match(stderr, /Read-only file system/);
  },
);

testInBox("Sandbox.launch() follows the configuration", async () => {
  await using directory = await createTempDir();
  const { path } = directory;
  await using sandbox = await create({}, {
    cwd: () => path,
    settings: {
      sandbox_mode: "workspace-write",
      sandbox_workspace_write: { network_access: true },
    },
  });
  const { stdout } = await run(
    sandbox,
    shell(
      `touch ${path}/x && echo "wrote$CODEX_SANDBOX_NETWORK_DISABLED"; ` +
        `mkdir ${path}/.git || true`,
    ),
    wish(),
  );
  assert.equal(stdout, "wrote\n");
  assert.deepEqual(
    namesIn(path),
    ["x"],
  );
});

for (
  const wanted of [
    "unconfined",
    wish({ sandboxPolicy: { type: "dangerFullAccess" } }),
    wish({ sandboxPolicy: { type: "externalSandbox" } }),
  ] as const
) {
  testInBox(
    `Sandbox.launch() holds ${JSON.stringify(wanted)} to the server's rules`,
    async () => {
      await using directory = await createTempDir();
      const { path } = directory;
      for (const name of ["out", "secret"]) await Deno.mkdir(`${path}/${name}`);
      await Deno.writeTextFile(`${path}/secret/key`, "s3cret");
      await using sandbox = await create({
        allowWrite: [`${path}/out`],
        denyRead: [`${path}/secret`],
      });
      const { stdout } = await run(
        sandbox,
        shell(
          `cd ${path}; cat secret/key; touch out/x && echo wrote
         touch x; ln -s ../secret/key out/link; cat out/link; true`,
        ),
        wanted,
      );
      assert.equal(stdout, "wrote\n");
      assert.deepEqual(
        namesIn(path),
        ["out", "secret"],
      );
    },
  );
}

testInBox(
  "Sandbox.launch() gives a policy no more than the server's rules",
  async () => {
    await using directory = await createTempDir();
    const { path } = directory;
    for (const name of ["a", "b"]) await Deno.mkdir(`${path}/${name}`);
    await using sandbox = await create({ allowWrite: [`${path}/a`] });
    await run(
      sandbox,
      shell(`touch ${path}/a/x ${path}/b/x`),
      wish({
        sandboxPolicy: { type: "workspaceWrite", writableRoots: [path] },
      }),
    );
    const names = (of: string) => namesIn(`${path}/${of}`);
    assert.deepEqual([names("a"), names("b")], [["x"], []]);
  },
);

testInBox("Sandbox.launch() hides the server's sockets", async () => {
  await using directory = await createTempDir();
  const path = `${directory.path}/socket`;
  using listener = Deno.listen({ transport: "unix", path });
  await using sandbox = await create({}, { hidden: () => [path] });
  const { stdout } = await run(
    sandbox,
    shell(`test -S ${path} && echo seen; test -c ${path} && echo masked`),
    wish({ sandboxPolicy: { type: "readOnly", networkAccess: true } }),
  );
  assert.equal(stdout, "masked\n");
  assert.equal(listener.addr.transport, "unix");
});

testInBox(
  "Sandbox.launch() lets no policy write the server's settings but by name",
  async () => {
    await using directory = await createTempDir();
    const home = `${directory.path}/home`;
    await Deno.mkdir(home);
    await using sandbox = await create({}, { home });
    const attempt = async (...writableRoots: string[]): Promise<string[]> => {
      await run(
        sandbox,
        shell(`cd ${home} && touch config.toml; mv ${home} ${home}2`),
        wish({ sandboxPolicy: { type: "workspaceWrite", writableRoots } }),
      );
      assert.deepEqual(namesIn(directory.path), ["home"]);
      return namesIn(home);
    };
    assert.deepEqual(await attempt(directory.path), []);
    assert.deepEqual(await attempt("/"), []);
    assert.deepEqual(await attempt(directory.path, home), ["config.toml"]);
  },
);

Deno.test("Sandbox.findWarnings() says what is wrong with the configuration", async () => {
  await using sandbox = await create({}, {
    only: "bubblewrap",
    settings: { default_permissions: ":no" },
  });
  assert.deepEqual(await sandbox.findWarnings(), [{
    summary: "Invalid configuration; using defaults.",
    details: "default_permissions refers to unknown built-in profile `:no`",
  }]);
});

/** Whether the lack of bubblewrap is worth a warning. */
const lacks: [string, AccessRules, Record<string, unknown>, boolean][] = [
  ["by default", {}, {}, true],
  ["if commands are free", {}, { sandbox_mode: "danger-full-access" }, false],
  ["if rules hold for free commands", { denyWrite: true }, {
    sandbox_mode: "danger-full-access",
  }, true],
];

for (const [when, rules, settings, isTold] of lacks) {
  Deno.test({
    name: `Sandbox.findWarnings() ${
      isTold ? "tells" : "does not tell"
    } that bubblewrap is missing ${when}`,
    ignore: !isLinux,
    async fn() {
      await using sandbox = await create(rules, {
        settings,
        env: { get: () => "/nowhere" },
      });
      const warnings = await sandbox.findWarnings();
      assert.equal(warnings.length, isTold ? 1 : 0);
      if (isTold) assert.match(warnings[0]!.summary, /bubblewrap.*Landlock/);
    },
  });
}

Deno.test({
  name: "Sandbox.launch() falls back to Landlock without bubblewrap",
  ignore: !isLinux,
  async fn() {
    await using landlock = await makeBackend("landlock");
    if (landlock === undefined) return;
    await using sandbox = await create({}, { env: { get: () => "/nowhere" } });
    const { launcher, command } = await sandbox.launch(shell("true"), wish());
    assert.ok(launcher !== undefined);
    assert.deepEqual(command, ["/bin/sh", "-c", "true"]);
  },
});

Deno.test("Sandbox.findWritable() says what a command could write", async () => {
  await using directory = await createTempDir();
  const root = await Deno.realPath(directory.path);
  await Deno.mkdir(`${root}/.git`);
  await using sandbox = await create();
  const workspace = {
    type: "workspaceWrite",
    excludeSlashTmp: true,
    excludeTmpdirEnvVar: true,
  } as const;
  const find = (of: Partial<Wish>) =>
    sandbox.findWritable(wish({ workspaceRoots: [root], ...of }));
  const places = [`${root}/a`, `${root}/.git/a`, `${root}x`, "/etc/a"];
  const ask = async (of: Partial<Wish>) => places.map(await find(of));
  assert.deepEqual(
    [
      await ask({ sandboxPolicy: { type: "dangerFullAccess" } }),
      await ask({ sandboxPolicy: { type: "readOnly" } }),
      await ask({ sandboxPolicy: workspace }),
      await ask({
        sandboxPolicy: workspace,
        grant: { writes: [`${root}/.git`, "/etc"], reads: [], network: false },
      }),
    ],
    [
      [true, true, true, true],
      [false, false, false, false],
      [true, false, false, false],
      [true, true, false, true],
    ],
  );
});
