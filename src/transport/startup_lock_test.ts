import assert from "node:assert/strict";
import { toControlSocketPath, withStartupLock } from "./startup_lock.ts";

async function withHome(work: (home: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await work(`${directory}/home`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("withStartupLock() runs one after another, and leaves an empty file", async () => {
  await withHome(async (home) => {
    const order: string[] = [];
    await Promise.all(
      ["a", "b", "c", "d"].map((name) =>
        withStartupLock(home, async () => {
          order.push(`${name} in`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          order.push(`${name} out`);
        })
      ),
    );
    for (let i = 0; i < order.length; i += 2) {
      assert.equal(order[i + 1], order[i]?.replace("in", "out"));
    }
    assert.equal(order.length, 8);
    const lock = await Deno.stat(
      `${home}/app-server-control/app-server-startup.lock`,
    );
    assert.equal(lock.size, 0);
    assert.equal(lock.mode! & 0o777, 0o644);
    assert.equal(
      (await Deno.stat(`${home}/app-server-control`)).mode! & 0o777,
      0o700,
    );
  });
});

Deno.test("withStartupLock() gives the lock back when the work fails", async () => {
  await withHome(async (home) => {
    const failing = withStartupLock(
      home,
      () => Promise.reject(new Error("no")),
    );
    await assert.rejects(failing, { message: "no" });
    assert.equal(await withStartupLock(home, () => Promise.resolve(5)), 5);
  });
});

Deno.test("withStartupLock() stops waiting when it is told to", async () => {
  await withHome(async (home) => {
    const held = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const first = withStartupLock(home, () => {
      entered.resolve();
      return held.promise;
    });
    await entered.promise;
    const controller = new AbortController();
    let isRun = false;
    const second = withStartupLock(home, () => {
      isRun = true;
      return Promise.resolve();
    }, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(second, { message: "enough" });
    held.resolve();
    await first;
    assert.equal(isRun, false);
  });
});

Deno.test("withStartupLock() waits for a process that is killed", async () => {
  await withHome(async (home) => {
    const program = `
      import { withStartupLock } from "./startup_lock.ts";
      await withStartupLock(Deno.args[0], async () => {
        await Deno.stdout.write(new Uint8Array([33]));
        await new Promise(() => setInterval(() => {}, 1000));
      });
    `;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", program, home],
      cwd: import.meta.dirname!,
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const waiting = withStartupLock(home, () => Promise.resolve("in"));
    const early = await Promise.race([
      waiting,
      new Promise((resolve) => setTimeout(() => resolve("waiting"), 100)),
    ]);
    assert.equal(early, "waiting");
    child.kill("SIGKILL");
    assert.equal(await waiting, "in");
    await reader.cancel();
    await child.status;
  });
});

Deno.test("toControlSocketPath() is beside the lock", () => {
  assert.equal(
    toControlSocketPath("/h"),
    "/h/app-server-control/app-server-control.sock",
  );
});
