import assert from "node:assert/strict";
import {
  FakeExecServer,
  wellBehaved,
} from "../../tests/kit/fake_exec_server.ts";
import { dial } from "../transport/mod.ts";
import { Environment } from "./environment.ts";
import { toAddress } from "./exec_server_address.ts";

Deno.test("an environment is recovering until its time is up, and waited for meanwhile", async () => {
  await using server = new FakeExecServer(wellBehaved());
  const address = toAddress({
    environmentId: "box",
    execServerUrl: server.url,
  });
  const broken = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<boolean>();
  let dialled = 0;
  const changes: boolean[] = [];
  await using environment = new Environment(address, {
    dial: (...to) => {
      if (++dialled === 1) return dial(...to);
      broken.resolve();
      return Promise.reject(new Error("Nobody is there"));
    },
    onChange: (isConnected) => {
      changes.push(isConnected);
      if (!isConnected) failed.resolve(isConnected);
    },
    recoveryMs: 3000,
  });
  await environment.info();
  server.hangUp();
  await broken.promise;
  assert.deepEqual(await environment.status(), {
    status: "disconnected",
    error: "exec-server environment is recovering",
  });
  const message = "exec-server transport disconnected; failed to resume " +
    "exec-server session: recovery timed out after 3s";
  await assert.rejects(environment.info(), { message });
  await failed.promise;
  assert.deepEqual(environment.view, {
    status: "disconnected",
    error: message,
  });
  assert.ok(dialled > 2, `dialled ${dialled} times`);
  assert.deepEqual(changes, [true, false]);
});

Deno.test("an environment comes back when its server does within the time", async () => {
  await using server = new FakeExecServer(wellBehaved());
  const address = toAddress({
    environmentId: "box",
    execServerUrl: server.url,
  });
  let dialled = 0;
  const changes: boolean[] = [];
  await using environment = new Environment(address, {
    dial: (...to) =>
      ++dialled === 2
        ? Promise.reject(new Error("Nobody is there"))
        : dial(...to),
    onChange: (isConnected) => changes.push(isConnected),
  });
  await environment.info();
  const [first] = server.sockets;
  const gone = new Promise((resolve) =>
    first!.addEventListener("close", resolve)
  );
  server.hangUp();
  await gone;
  while (dialled < 3) await environment.info().catch(() => {});
  await environment.settled();
  assert.deepEqual(await environment.status(), { status: "ready" });
  assert.ok(changes.length >= 2 && changes.every((isOn) => isOn));
});
