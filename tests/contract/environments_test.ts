import assert from "node:assert/strict";
import { FakeExecServer, wellBehaved } from "../kit/fake_exec_server.ts";
import { openThreadWorld, start } from "../kit/thread_world.ts";

const box = { environmentId: "box", cwd: "/usr" };

Deno.test("thread/environment/*: who follows a thread hears of its places that come and go", async () => {
  let sessions = 0;
  await using server = new FakeExecServer(
    wellBehaved(({ method }) =>
      method === "initialize"
        ? { result: { sessionId: `s${++sessions}` } }
        : undefined
    ),
  );
  await using world = await openThreadWorld();
  const person = await world.connect();
  const { client } = person;
  const add = (execServerUrl: string) =>
    client.request("environment/add", { environmentId: "box", execServerUrl });
  await add("none://");
  const threadId = await start(person, { environments: [box] });
  await start(person, {
    environments: [{ environmentId: "local", cwd: "/usr" }],
  });
  assert.deepEqual(await add(server.url), {});
  const its = { threadId, environmentId: "box" };
  assert.deepEqual(await person.hear("thread/environment/connected"), its);
  assert.deepEqual(
    await client.request("environment/status", { environmentId: "box" }),
    { status: "ready" },
  );
  server.hangUp(); // its session is gone with that
  assert.deepEqual(await person.hear("thread/environment/disconnected"), its);
  assert.deepEqual(
    await client.request("environment/info", { environmentId: "box" }),
    { shell: { name: "zsh", path: "/bin/zsh" }, cwd: "file:///work" },
  );
  assert.deepEqual(
    person.told.filter(({ method }) => method.startsWith("thread/environment"))
      .map(({ method, params }) => [method, params]),
    [
      ["thread/environment/connected", its],
      ["thread/environment/disconnected", its],
      ["thread/environment/connected", its],
    ],
  );
});

Deno.test("environments belong to the server: other clients see them, another server does not", async () => {
  await using server = new FakeExecServer(wellBehaved());
  await using world = await openThreadWorld();
  const one = await world.connect();
  await one.client.request("environment/add", {
    environmentId: "box",
    execServerUrl: server.url,
  });
  await one.client.request("environment/info", { environmentId: "box" });
  await one[Symbol.asyncDispose]();
  const status = async () => {
    const { client } = await world.connect();
    return await client.request("environment/status", { environmentId: "box" });
  };
  assert.deepEqual(await status(), { status: "ready" });
  await world.restart();
  assert.deepEqual(await status(), {
    status: "unknown",
    error: "unknown environment id `box`",
  });
});
