import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { createAppServer, listenUnix } from "../../mod.ts";
import { toControlSocketPath } from "../../src/transport/mod.ts";
import { createTempDir } from "../kit/temp_dir.ts";

/** Prints which of the Unix sockets in its arguments it can connect to. */
const connectProgram = `
const reached = [];
for (const path of Deno.args) {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    reached.push(path);
  } catch {}
}
console.log(JSON.stringify(reached));
`;

/** Whether boxes can be made here; only those let Unix sockets be had. */
async function hasBubblewrap(): Promise<boolean> {
  try {
    const { createBubblewrap } = await import(
      "../../src/sandbox/bubblewrap.ts"
    );
    await using _ = await createBubblewrap();
    return true;
  } catch (error) {
    if (Deno.env.get("GANGWAY_TEST_REQUIRE_SANDBOX") === "1") throw error;
    // deno-lint-ignore no-console -- a skip has a reason that is seen
    console.log(`skipped: ${error}`);
    return false;
  }
}

Deno.test({
  name:
    "command/exec with network reaches the Unix sockets of others, not those of servers of its home",
  ignore: Deno.build.os !== "linux",
}, async (t) => {
  if (!await hasBubblewrap()) return;
  await using home = await createTempDir();
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await createAppServer({ home: home.path }));
  const others = `${home.path}/others`;
  stack.use(Deno.listen({ transport: "unix", path: others }));
  const client = stack.use(
    await Client.connect({ channel: server.connect() }),
  );
  const connect = async (
    sandboxPolicy: object,
    paths: readonly string[],
  ): Promise<string[]> => {
    const { stdout, stderr } = await client.request("command/exec", {
      command: [
        Deno.execPath(),
        "eval",
        "--ext=js",
        connectProgram,
        ...paths,
      ],
      cwd: home.path,
      disableTimeout: true,
      sandboxPolicy: sandboxPolicy as never,
      env: { NO_COLOR: "1" },
    });
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  };
  const control = toControlSocketPath(home.path);
  const online = { type: "readOnly", networkAccess: true };

  await t.step("a server that starts later in the same home", async () => {
    // The command runs before there is anything to hide.
    const started = client.request("command/exec", {
      command: [
        "/bin/sh",
        "-c",
        `until [ -e "$1/go" ]; do sleep 0.05; done
        [ -e "$2" ] && echo seen; echo done`,
        "sh",
        home.path,
        control,
      ],
      disableTimeout: true,
      sandboxPolicy: online as never,
    });
    await connect(online, []);
    const later = stack.use(await createAppServer({ home: home.path }));
    await using door = await listenUnix({ home: home.path });
    const served = later.listen(door);
    await Deno.writeTextFile(`${home.path}/go`, "");
    assert.equal((await started).stdout, "done\n");
    assert.deepEqual(await connect(online, [control, others]), [others]);
    await door.close();
    await served;
  });

  await t.step("its own, wherever they are", async () => {
    const elsewhere = `${home.path}/elsewhere`;
    const doors = [
      stack.use(await listenUnix({ home: home.path })),
      stack.use(await listenUnix({ home: home.path, path: elsewhere })),
    ];
    const served = doors.map((door) => server.listen(door));
    const all = [control, elsewhere, others];
    assert.deepEqual(await connect({ type: "dangerFullAccess" }, all), all);
    for (
      const policy of [
        online,
        { ...online, type: "workspaceWrite", writableRoots: [home.path] },
      ]
    ) {
      assert.deepEqual(await connect(policy, all), [others]);
    }
    await Promise.all(doors.map((door) => door.close()));
    await Promise.all(served);
  });

  await t.step("nobody without network", async () => {
    assert.deepEqual(await connect({ type: "readOnly" }, [others]), []);
  });
});

Deno.test({
  name:
    "command/exec reads no file with what lets clients in, and can't move it either",
  ignore: Deno.build.os !== "linux",
}, async () => {
  if (!await hasBubblewrap()) return;
  await using home = await createTempDir();
  const secret = `${home.path}/secrets/token`;
  await Deno.mkdir(`${home.path}/secrets`);
  await Deno.writeTextFile(secret, "the token");
  await using server = await createAppServer({
    home: home.path,
    secrets: [secret],
  });
  await using client = await Client.connect({ channel: server.connect() });
  const attempt = async (sandboxPolicy: object): Promise<string> => {
    const { stdout } = await client.request("command/exec", {
      command: [
        "/bin/sh",
        "-c",
        `cat "$0/secrets/token"; mv "$0/secrets" "$0/mine" && cat "$0/mine/token"`,
        home.path,
      ],
      sandboxPolicy: sandboxPolicy as never,
    });
    return stdout;
  };
  const roots = { writableRoots: [home.path], networkAccess: true };
  assert.equal(await attempt({ type: "readOnly" }), "");
  assert.equal(await attempt({ type: "workspaceWrite", ...roots }), "");
  assert.match(await attempt({ type: "dangerFullAccess" }), /^(the token){2}$/);
});
