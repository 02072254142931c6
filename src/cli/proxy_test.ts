import assert from "node:assert/strict";
import { createHome, GangwayProcess, runGangway } from "./_gangway_process.ts";

Deno.test("app-server proxy copies bytes both ways until the input ends", async () => {
  await using home = await createHome();
  const path = `${home.path}/s.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  const served = (async () => {
    using connection = await listener.accept();
    let received = "";
    const decoder = new TextDecoder();
    await connection.write(new TextEncoder().encode("welcome\n"));
    const buffer = new Uint8Array(1024);
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      received += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    // What is sent after the end of the input still gets through, from a server
    // with much to do too.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await connection.write(new TextEncoder().encode("bye\n"));
    return received;
  })();
  await using proxy = new GangwayProcess([
    "app-server",
    "proxy",
    "--sock",
    "s.sock",
  ], {
    cwd: home.path,
  });
  assert.deepEqual(await proxy.stdoutLines(1), ["welcome"]);
  await proxy.write("not even a websocket\n");
  await proxy.closeInput();
  assert.equal(await served, "not even a websocket\n");
  assert.deepEqual(await proxy.outcome(), {
    code: 0,
    signal: null,
    stdout: "welcome\nbye\n",
    stderr: "",
  });
});

Deno.test("app-server proxy outlives its server until the input ends", async () => {
  await using home = await createHome();
  const path = `${home.path}/s.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  const served = (async () => {
    using connection = await listener.accept();
    await connection.write(new TextEncoder().encode("bye\n"));
  })();
  await using proxy = new GangwayProcess([
    "app-server",
    "proxy",
    "--sock",
    path,
  ]);
  await served;
  assert.deepEqual(await proxy.stdoutLines(1), ["bye"]);
  for (let at = 0; at < 3; at++) await proxy.write("x".repeat(100_000));
  await proxy.closeInput();
  assert.deepEqual(await proxy.outcome(), {
    code: 0,
    signal: null,
    stdout: "bye\n",
    stderr: "",
  });
});

Deno.test("app-server proxy says why there is no connection", async () => {
  await using home = await createHome();
  const fails = async (args: string[], path: string, cause: string) =>
    assert.deepEqual(
      await runGangway(["app-server", "proxy", ...args], {
        ...home,
        cwd: home.path,
      }),
      {
        code: 1,
        signal: null,
        stdout: "",
        stderr: `Error: failed to connect to socket at ${path}\n\n` +
          `Caused by:\n    ${cause}\n`,
      },
    );
  const missing = "No such file or directory (os error 2)";
  await fails(["--sock", "/nonexistent.sock"], "/nonexistent.sock", missing);
  await fails(["--sock", "rel.sock"], `${home.path}/rel.sock`, missing);
  await fails(
    [],
    `${home.path}/app-server-control/app-server-control.sock`,
    missing,
  );
  await Deno.writeTextFile(`${home.path}/file`, "");
  await fails(
    ["--sock", "file"],
    `${home.path}/file`,
    "Connection refused (os error 111)",
  );
});
