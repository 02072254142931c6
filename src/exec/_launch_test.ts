import assert from "node:assert/strict";
import {
  type Confined,
  type Sandbox,
  SandboxUnavailable,
} from "../sandbox/mod.ts";
import type { Child, Spawner } from "../spawn/mod.ts";
import { launch } from "./_launch.ts";
import type { Order } from "./order.ts";

const plain = {
  command: ["true"],
  cwd: "/somewhere",
  env: { A: "1" },
  hasTerminal: false,
} as const;

/** What a launch did, in order, and what came of it. */
async function act(
  confined: Partial<Confined>,
  { noun = "command", fails = false, takesLauncher = true } = {},
): Promise<{ events: unknown[]; child: Child | undefined; error: unknown }> {
  const events: unknown[] = [];
  const policy = { type: "readOnly" } as const;
  const order = {
    words: { noun },
    sandboxPolicy: policy,
    takesInput: true,
  } as Order;
  const sandbox = {
    launch(_what, wish) {
      events.push(wish);
      return Promise.resolve({
        command: ["box"],
        env: {},
        ...confined,
        ...confined.release && {
          release() {
            events.push("released");
            return Promise.resolve();
          },
        },
      });
    },
  } as Partial<Sandbox> as Sandbox;
  const spawner = {
    takesLauncher,
    spawn(options) {
      events.push(options);
      if (fails) return Promise.reject(new Error("no"));
      return Promise.resolve({
        pid: 7,
        [Symbol.asyncDispose]() {
          events.push("disposed");
          return Promise.resolve();
        },
      } as Partial<Child> as Child);
    },
  } as Partial<Spawner> as Spawner;
  try {
    const child = await launch(order, plain, { sandbox, spawner });
    return { events, child, error: undefined };
  } catch (error) {
    return { events, child: undefined, error };
  }
}

const release = () => Promise.resolve();
const wish = {
  sandboxPolicy: { type: "readOnly" },
  permissionProfile: undefined,
  cwd: "/somewhere",
};
const options = {
  cwd: "/somewhere",
  stdin: "piped",
  command: ["box"],
  env: {},
};

Deno.test("launch() starts what the sandbox says", async () => {
  const launcher = { launch: () => ({ pid: 1 }) };
  const { events, child } = await act({ files: ["/f"], launcher });
  assert.deepEqual(events, [wish, { ...options, files: ["/f"], launcher }]);
  assert.equal(child?.pid, 7);
});

Deno.test("launch() asks for nothing but the server's rules for a process", async () => {
  const { events } = await act({}, { noun: "process" });
  assert.deepEqual(events, ["unconfined", options]);
});

Deno.test("launch() releases the box once, when nothing of the child is left", async () => {
  const { events, child } = await act({ release });
  await Promise.all([
    child![Symbol.asyncDispose](),
    child![Symbol.asyncDispose](),
  ]);
  await child![Symbol.asyncDispose]();
  assert.deepEqual(events, [wish, options, "disposed", "released"]);
});

Deno.test("launch() releases the box of what could not be started", async () => {
  const { events, error } = await act({ release }, { fails: true });
  assert.deepEqual(events, [wish, options, "released"]);
  assert.deepEqual(error, new Error("no"));
});

Deno.test("launch() refuses a launcher that nobody would ask, and releases the box", async () => {
  const { events, error } = await act(
    { release, launcher: { launch: () => ({ pid: 1 }) } },
    { takesLauncher: false },
  );
  assert.deepEqual(events, [wish, "released"]);
  assert.ok(error instanceof SandboxUnavailable);
});
