import assert from "node:assert/strict";
import { type Claim, KeyedQueue } from "./keyed_queue.ts";

const shared = (path: string, tree = false): Claim => ({
  lane: "path",
  access: "shared",
  path,
  tree,
});
const exclusive = (path: string, tree = false): Claim => ({
  lane: "path",
  access: "exclusive",
  path,
  tree,
});

/** A queue whose tasks are started and ended by hand. */
function scripted() {
  const queue = new KeyedQueue();
  const started: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const results = new Map<string, Promise<void>>();
  return {
    queue,
    started,
    add(name: string, claims: Claim[], signal?: () => AbortSignal) {
      const end = Promise.withResolvers<void>();
      ends.set(name, end);
      const result = queue.run(claims, () => {
        started.push(name);
        return end.promise;
      }, signal);
      result.catch(() => {});
      results.set(name, result);
    },
    async end(name: string) {
      ends.get(name)!.resolve();
      await results.get(name);
      await Promise.resolve();
    },
    result: (name: string) => results.get(name)!,
  };
}

Deno.test("KeyedQueue.run() starts a task at once when nothing is in its way", () => {
  const { add, started } = scripted();
  add("none", []);
  add("a", [exclusive("/a")]);
  add("b", [exclusive("/b")]);
  assert.deepEqual(started, ["none", "a", "b"]);
});

Deno.test("KeyedQueue.run() lets shared claims go together and exclusive ones alone", async () => {
  const { add, end, started } = scripted();
  add("read 1", [shared("/a")]);
  add("read 2", [shared("/a")]);
  add("write", [exclusive("/a")]);
  add("read 3", [shared("/a")]);
  assert.deepEqual(started, ["read 1", "read 2"]);
  await end("read 1");
  assert.deepEqual(started, ["read 1", "read 2"]);
  await end("read 2");
  assert.deepEqual(started, ["read 1", "read 2", "write"]);
  await end("write");
  assert.deepEqual(started, ["read 1", "read 2", "write", "read 3"]);
});

Deno.test("KeyedQueue.run() holds what is below a tree, and nothing beside it", async () => {
  const { add, end, started } = scripted();
  add("remove", [exclusive("/a", true)]);
  add("below", [shared("/a/b/c")]);
  add("beside", [shared("/ab")]);
  add("root", [shared("/", true)]);
  assert.deepEqual(started, ["remove", "beside"]);
  await end("remove");
  assert.deepEqual(started, ["remove", "beside", "below", "root"]);
});

Deno.test("KeyedQueue.run() goes on behind a task that failed", async () => {
  const queue = new KeyedQueue();
  const failed = queue.run([exclusive("/a")], () => {
    throw new TypeError("no");
  });
  const next = queue.run([exclusive("/a")], () => Promise.resolve("done"));
  await assert.rejects(failed, TypeError);
  assert.equal(await next, "done");
  assert.equal(queue.size, 0);
});

Deno.test("KeyedQueue.run() takes an aborted task out of the queue", async () => {
  const { add, end, started, result, queue } = scripted();
  const controller = new AbortController();
  add("first", [exclusive("/a")]);
  add("aborted", [exclusive("/a")], () => controller.signal);
  add("last", [exclusive("/a")]);
  controller.abort(new Error("enough"));
  await assert.rejects(result("aborted"), /enough/);
  assert.deepEqual(started, ["first"]);
  await end("first");
  assert.deepEqual(started, ["first", "last"]);
  await end("last");
  assert.equal(queue.size, 0);
});

Deno.test("KeyedQueue.run() does not ask for a signal when the task need not wait", async () => {
  const queue = new KeyedQueue();
  await queue.run([exclusive("/a")], () => {}, () => assert.fail("asked"));
});
