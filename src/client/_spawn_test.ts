import assert from "node:assert/strict";
import { spawnServer } from "./_spawn.ts";
import { Client, ConnectionClosedError } from "./mod.ts";

const shell = (script: string): [string, ...string[]] => ["sh", "-c", script];

/** Answers the handshake, then does what the script says. */
const greeted = (script: string): [string, ...string[]] =>
  shell(`read line; echo '{"id":0,"result":{"userAgent":"sh"}}'; ${script}`);

Deno.test("Client.connect({ spawn }) hands over environment and directory, and ends the child by the end of its input", async () => {
  const client = await Client.connect({
    spawn: greeted(
      `read line; read line; echo "{\\"id\\":1,\\"result\\":\\"$WORD $PWD\\"}"; cat >/dev/null`,
    ),
    env: { WORD: "hi" },
    cwd: "/",
  });
  assert.deepEqual(client.initialized, { userAgent: "sh" });
  assert.equal(
    await client.request("configRequirements/read") as unknown,
    "hi /",
  );
  await client.close();
  assert.deepEqual(await client.closed, {
    by: "us",
    code: 1000,
    reason: "closed by the client",
  });
});

Deno.test("Client.request() of a server that dies is rejected with how it ended and its last words", async () => {
  for (
    const [script, reason] of [
      ["exit 3", "Server exited with code 3"],
      ["kill -9 $$", "Server was ended by SIGKILL"],
    ] as const
  ) {
    const client = await Client.connect({
      spawn: greeted(`read line; read line; echo last words >&2; ${script}`),
    });
    const error = await client.request("configRequirements/read").then(
      () => assert.fail("The server is dead"),
      (error) => error,
    );
    assert.ok(error instanceof ConnectionClosedError);
    assert.deepEqual(
      [error.message, error.reason, error.stderrTail],
      [`Connection closed: ${reason}`, reason, "last words\n"],
    );
  }
});

Deno.test("ConnectionClosedError.stderrTail keeps the last kilobytes only", async () => {
  const error = await Client.connect({
    spawn: shell("yes 0123456 | head -c 1000000 >&2; echo end >&2"),
  }).then(() => assert.fail("There is no server"), (error) => error);
  assert.ok(error instanceof ConnectionClosedError);
  assert.equal(error.stderrTail!.length, 8192);
  assert.ok(error.stderrTail!.endsWith("0123456\nend\n"));
});

Deno.test("Client.connect({ spawn }) rejects when there is no such program", async () => {
  await assert.rejects(
    Client.connect({ spawn: ["/nonexistent/program"] }),
    Deno.errors.NotFound,
  );
});

Deno.test("spawnServer() ends a child that does not leave, first gently, then by force", async () => {
  for (
    const [trap, patienceMs, exit] of [
      // A busy machine takes its time with those that were ended.
      ["", [50, 60_000], "Server was ended by SIGTERM"],
      ["trap '' TERM;", [50, 50], "Server was ended by SIGKILL"],
    ] as const
  ) {
    const { channel, server } = spawnServer({
      spawn: shell(`${trap} echo ready; while :; do sleep 0.05; done`),
    }, patienceMs);
    for await (const frame of channel.frames) {
      assert.equal(frame, "ready");
      break;
    }
    await channel.close(1000, "done");
    assert.equal(await server.leave(), exit);
  }
});
