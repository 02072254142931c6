import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { findStored, loadStored } from "./resume_thread.ts";
import { startTurn } from "./start_turn.ts";
import type { ThreadAccess } from "./threads_options.ts";
import { startThread } from "./start_thread.ts";

/** Nothing below a directory may be touched, and what was asked for. */
function without(directory: string): { access: ThreadAccess; asked: string[] } {
  const asked: string[] = [];
  const check = async (what: string, path: string) => {
    asked.push(`${what} ${path}`);
    const real = await Deno.realPath(path);
    if (real.startsWith(`${directory}/`)) throw new Error("forbidden");
    return real;
  };
  return {
    access: {
      checkRead: (path) => check("read", path),
      checkWrite: (path) => check("write", path),
    },
    asked,
  };
}

/** A picture of one dot. */
const png = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
);

Deno.test("a turn reads no picture, skill or instructions that clients may not read", async () => {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${directory}/open`);
  await Deno.mkdir(`${directory}/closed`);
  for (const place of ["open", "closed"]) {
    await Deno.writeFile(`${directory}/${place}/dot.png`, png);
    await Deno.writeTextFile(
      `${directory}/${place}/SKILL.md`,
      `skill ${place}`,
    );
    await Deno.writeTextFile(`${directory}/${place}/AGENTS.md`, `way ${place}`);
  }
  await Deno.symlink(`${directory}/closed`, `${directory}/open/link`);
  const { access } = without(`${directory}/closed`);
  for (const place of ["open", "closed", "open/link"]) {
    await using world = await openWorld([saying("Hello")], undefined, {
      access,
    });
    const { threads, requests } = world;
    const me = new Listener();
    const cwd = `${directory}/${place}`;
    const thread = await startThread(threads, { cwd }, { name: "test" });
    thread.followers.join(world.attend(me));
    startTurn(threads, thread, {
      threadId: thread.threadId,
      input: [
        { type: "localImage", path: `${cwd}/dot.png` },
        { type: "skill", name: "s", path: `${cwd}/SKILL.md` },
      ],
    });
    thread.play();
    await me.until("turn/completed");
    const input = JSON.stringify(requests[0]?.input);
    const isOpen = place === "open";
    assert.equal(input.includes("data:image/png"), isOpen, place);
    assert.equal(/skill (open|closed)/.test(input), isOpen, place);
    assert.equal(input.includes("way closed"), false, place);
    if (isOpen) assert.match(input, /way open/);
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("thread/resume and thread/fork open no rollout that clients may not touch", async () => {
  const elsewhere = await Deno.realPath(await Deno.makeTempDir());
  const { access, asked } = without(elsewhere);
  await using world = await openWorld([saying("Hello")], undefined, { access });
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, { name: "test" });
  thread.followers.join(world.attend(me));
  startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text: "hi", text_elements: [] }],
  });
  thread.play();
  await me.until("turn/completed");
  const { path } = thread.view;
  await threads.unload(thread);
  // A thread looks for the repository that it begins in.
  assert.deepEqual(asked.splice(0).filter((one) => !one.includes(".git")), []);
  // That of the home is the server's own, whatever the rules.
  const found = await findStored(threads, { threadId: "", path: path! });
  assert.deepEqual(found, { id: thread.threadId, path });
  assert.deepEqual(asked, []);
  const copy = `${elsewhere}/${path!.slice(path!.lastIndexOf("/") + 1)}`;
  await Deno.copyFile(path!, copy);
  const link = `${world.home}/sessions/${copy.slice(elsewhere.length + 1)}`;
  await Deno.symlink(copy, link);
  for (const named of [copy, link, `${world.home}/sessions/../${copy}`]) {
    for (const use of ["read", "write"] as const) {
      await assert.rejects(
        findStored(threads, { threadId: thread.threadId, path: named }, use),
        { name: "RpcError" },
        named,
      );
    }
  }
  const again = await threads.open(
    found.id,
    () => loadStored(threads, found, {}, { name: "test" }),
  );
  assert.equal((await again.readTurns()).length, 1);
  await Deno.remove(elsewhere, { recursive: true });
});
