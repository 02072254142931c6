import assert from "node:assert/strict";
import { zstdCompress } from "node:zlib";
import { promisify } from "node:util";
import {
  createHome,
  createMeta,
  endTurn,
  event,
  said,
  startTurn,
  uuid,
} from "./_fixture_test.ts";
import { createFork, createRevert } from "./create_fork.ts";
import {
  archiveRollout,
  deleteRollout,
  unarchiveRollout,
} from "./move_rollout.ts";
import { findRollout, listRollouts } from "./find_rollout.ts";
import { readHead, readTail } from "./read_edges.ts";
import { readRollout } from "./read_rollout.ts";
import type { RolloutRecord } from "./record.ts";
import { Rollout } from "./rollout.ts";
import { ReferencedError } from "./rollout_error.ts";
import {
  parseRolloutName,
  toRolloutPath,
  toSegmentPath,
} from "./rollout_path.ts";
import type { StoredThread } from "./stored_thread.ts";

const SOURCE = uuid(1);
const FORK = uuid(2);
const AT = new Date(2026, 10, 21, 16, 11, 51);

function whole(threadId: string, id: string): RolloutRecord[] {
  return [...startTurn(threadId, id, id), ...endTurn(threadId, id, id)];
}

async function createSource(
  home: string,
  historyMode = "paginated",
): Promise<StoredThread> {
  const path = toRolloutPath(home, SOURCE, AT);
  const meta = createMeta(SOURCE, { history_mode: historyMode });
  await using rollout = Rollout.create(path, meta);
  rollout.append(
    ...whole(SOURCE, "t1"),
    ...whole(SOURCE, "t2"),
    ...whole(SOURCE, "t3"),
  );
  return await readRollout(path, { home });
}

for (const historyMode of ["paginated", "legacy"]) {
  Deno.test(`createFork: what was before a turn, and what comes (${historyMode})`, async () => {
    await using home = await createHome();
    const source = await createSource(home.path, historyMode);
    const path = toRolloutPath(home.path, FORK, AT);
    const meta = createMeta(FORK, { history_mode: historyMode });
    {
      await using fork = await createFork(source, path, meta, {
        beforeTurnId: "t3",
      });
      fork.append(...whole(FORK, "t4"));
    }
    const read = await readRollout(path, { home: home.path });
    assert.deepEqual(read.turnIds, ["t1", "t2", "t4"]);
    assert.equal(read.meta.id, FORK);
    assert.equal(read.meta.forked_from_id, SOURCE);
    assert.deepEqual(
      (await read.readTurns()).map(({ items }) => items.map(({ id }) => id)),
      [["u-t1", "a-t1"], ["u-t2", "a-t2"], ["u-t4", "a-t4"]],
    );
    assert.deepEqual(await read.readConversation(), [
      ...["t1", "t2", "t4"].flatMap((text) => [
        said("user", text).payload,
        said("assistant", text).payload,
      ]),
    ]);
    assert.deepEqual(source.turnIds, ["t1", "t2", "t3"]);
  });
}

Deno.test("createFork: one that hangs on its source has the conversation, and no turn of it", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const path = toRolloutPath(home.path, FORK, AT);
  const meta = createMeta(FORK, { attached_thread: true });
  {
    await using fork = await createFork(source, path, meta);
    fork.append(...whole(FORK, "t4"), ...whole(FORK, "t5"));
  }
  const read = await readRollout(path, { home: home.path });
  const told = (...texts: string[]) =>
    texts.flatMap((text) => [
      said("user", text).payload,
      said("assistant", text).payload,
    ]);
  assert.deepEqual(read.turnIds, ["t4", "t5"]);
  assert.equal(read.indexOfTurn("t3"), -1);
  assert.deepEqual(
    (await read.readItems()).map(({ item }) => item.id),
    ["u-t4", "a-t4", "u-t5", "a-t5"],
  );
  assert.deepEqual(
    await read.readConversation(),
    told("t1", "t2", "t3", "t4", "t5"),
  );
  assert.deepEqual(await read.readPreview(), { text: "t4", isOwn: true });

  // What is left of it after a revert still goes on from all of the source.
  const next = toSegmentPath(path, uuid(7));
  {
    await using rollout = createRevert(read, next, "t4");
    rollout.append(...whole(FORK, "t6"));
  }
  const left = await readRollout(next, { home: home.path });
  assert.deepEqual(left.turnIds, ["t6"]);
  assert.deepEqual(await left.readConversation(), told("t1", "t2", "t3", "t6"));

  // A fork of it is no more than its own turns, either.
  const further = toRolloutPath(home.path, uuid(9), AT);
  {
    await using fork = await createFork(left, further, createMeta(uuid(9)));
    fork.append(...whole(uuid(9), "t7"));
  }
  const last = await readRollout(further, { home: home.path });
  assert.deepEqual(last.turnIds, ["t6", "t7"]);
});

Deno.test("createFork: in the middle of a turn, which is interrupted in the fork", async () => {
  await using home = await createHome();
  const path = toRolloutPath(home.path, SOURCE, AT);
  await using rollout = Rollout.create(path, createMeta(SOURCE));
  rollout.append(...startTurn(SOURCE, "t1", "t1"));
  const source = await readRollout(path, { home: home.path });
  const target = toRolloutPath(home.path, FORK, AT);
  await using fork = await createFork(source, target, createMeta(FORK));
  rollout.append(...endTurn(SOURCE, "t1", "t1"));
  fork.append(...whole(FORK, "t2"));

  const turns = await (await readRollout(target, { home: home.path }))
    .readTurns();

  assert.deepEqual(
    turns.map(({ id, status, items }) => [id, status, items.length]),
    [["t1", "interrupted", 1], ["t2", "completed", 2]],
  );
});

Deno.test("createFork: no such turn, and nothing is written", async () => {
  await using home = await createHome();
  for (const mode of ["paginated", "legacy"]) {
    await using inner = await createHome();
    const source = await createSource(inner.path, mode);
    const path = `${home.path}/${mode}.jsonl`;
    await assert.rejects(
      createFork(source, path, createMeta(FORK), { beforeTurnId: "no" }),
      RangeError,
    );
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }
});

Deno.test("createRevert: the next file of the thread, the one before stays", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const path = toSegmentPath(source.path, uuid(7));
  {
    await using rollout = createRevert(source, path, "t2");
    rollout.append(...whole(SOURCE, "t4"));
  }
  const found = await findRollout(home.path, SOURCE);
  assert.equal(found?.path, path);
  const read = await readRollout(path, { home: home.path });
  assert.deepEqual(read.turnIds, ["t1", "t4"]);
  assert.deepEqual(source.turnIds, ["t1", "t2", "t3"]);

  // Once more, and to the very beginning.
  const last = toSegmentPath(path, uuid(8));
  {
    await using rollout = createRevert(read, last, "t1");
    rollout.append(...whole(SOURCE, "t5"));
  }
  const again = await readRollout(last, { home: home.path });
  assert.deepEqual(again.turnIds, ["t5"]);
  assert.equal(again.meta.history_base, undefined);
  assert.equal((await findRollout(home.path, SOURCE))?.path, last);
});

Deno.test("deleteRollout: not while a fork goes on from it", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const path = toRolloutPath(home.path, FORK, AT);
  {
    await using _fork = await createFork(source, path, createMeta(FORK));
  }
  await assert.rejects(deleteRollout(home.path, SOURCE), (error) => {
    assert.ok(error instanceof ReferencedError);
    assert.deepEqual([error.threadId, error.forks], [
      SOURCE,
      [{ threadId: FORK, isAttached: false }],
    ]);
    return true;
  });
  assert.equal(await deleteRollout(home.path, FORK), true);
  assert.equal(await deleteRollout(home.path, FORK), false);
  assert.equal(await deleteRollout(home.path, SOURCE), true);
  assert.deepEqual(await Array.fromAsync(listRollouts(home.path)), []);
});

Deno.test("archiveRollout, unarchiveRollout: there and back, forks read on", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const path = toRolloutPath(home.path, FORK, AT);
  {
    await using _fork = await createFork(source, path, createMeta(FORK));
  }
  const name = source.path.slice(source.path.lastIndexOf("/"));
  const archived = await archiveRollout(home.path, SOURCE);
  assert.equal(archived, `${home.path}/archived_sessions${name}`);
  assert.equal(await findRollout(home.path, SOURCE), undefined);
  assert.equal(
    (await findRollout(home.path, SOURCE, { archived: true }))?.path,
    archived,
  );
  const fork = await readRollout(path, { home: home.path });
  assert.deepEqual(fork.turnIds, ["t1", "t2", "t3"]);
  assert.equal(await unarchiveRollout(home.path, SOURCE), source.path);
  assert.equal(await archiveRollout(home.path, uuid(9)), undefined);
});

Deno.test("readRollout: a source that is gone is named", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const path = toRolloutPath(home.path, FORK, AT);
  {
    await using _fork = await createFork(source, path, createMeta(FORK));
  }
  await Deno.remove(source.path);
  await assert.rejects(readRollout(path, { home: home.path }), {
    message: `Rollout "${path}" goes on from ${SOURCE}, which is not there`,
  });
});

Deno.test("readRollout: a history that goes round in a circle ends", async () => {
  await using home = await createHome();
  const path = toRolloutPath(home.path, SOURCE, AT);
  const base = {
    thread_id: SOURCE,
    end_ordinal_exclusive: 1,
    end_byte_offset: 1,
  };
  await using rollout = Rollout.create(
    path,
    createMeta(SOURCE, { history_base: base }),
  );
  rollout.append();
  await assert.rejects(readRollout(path, { home: home.path }), /never begins/);
  await readHead(path, { home: home.path });
});

Deno.test("readRollout, Rollout.open: a compressed rollout", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const packed = `${source.path}.zst`;
  await Deno.writeFile(
    packed,
    await promisify(zstdCompress)(await Deno.readFile(source.path)),
  );
  await Deno.remove(source.path);
  assert.equal((await findRollout(home.path, SOURCE))?.path, packed);
  const read = await readRollout(packed, { home: home.path });
  assert.deepEqual(
    (await read.readTurns()).map(({ items }) => items.length),
    [2, 2, 2],
  );
  assert.equal((await readHead(packed))?.preview, "t1");
  {
    await using rollout = await Rollout.open(packed);
    assert.equal(rollout.path, source.path);
    rollout.append(...whole(SOURCE, "t4"));
  }
  await assert.rejects(Deno.stat(packed), Deno.errors.NotFound);
  assert.deepEqual((await readRollout(source.path)).turnIds, [
    "t1",
    "t2",
    "t3",
    "t4",
  ]);
});

Deno.test("listRollouts: newest first, others passed over", async () => {
  await using home = await createHome();
  const days = [new Date(2025, 0, 9), new Date(2026, 0, 1), AT];
  for (const [number, day] of days.entries()) {
    const path = toRolloutPath(home.path, uuid(number), day);
    await using rollout = Rollout.create(path, createMeta(uuid(number)));
    rollout.append();
  }
  await Deno.writeTextFile(`${home.path}/sessions/2026/note.txt`, "");
  const found = await Array.fromAsync(listRollouts(home.path));
  assert.deepEqual(found.map(({ threadId }) => threadId), [
    uuid(2),
    uuid(1),
    uuid(0),
  ]);
});

Deno.test("readHead: what was said first in the newest file, else before it", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const options = { home: home.path };
  const path = toSegmentPath(source.path, uuid(7));
  await using rollout = createRevert(source, path, "t3");
  assert.equal((await readHead(path, options))?.preview, "t1");
  rollout.append(...whole(SOURCE, "t4"));
  assert.equal((await readHead(path, options))?.preview, "t4");

  // Nothing is left, so nothing was said first.
  const fork = toRolloutPath(home.path, FORK, AT);
  const base = {
    thread_id: SOURCE,
    end_ordinal_exclusive: 1,
    end_byte_offset: 1,
  };
  await using empty = Rollout.create(
    fork,
    createMeta(FORK, { history_base: base }),
  );
  empty.append();
  assert.equal((await readHead(fork, options))?.preview, "");
});

Deno.test("readHead, readTail: beginning and end alone", async () => {
  await using home = await createHome();
  const source = await createSource(home.path);
  const path = toRolloutPath(home.path, FORK, AT);
  const usage = { total_token_usage: { total_tokens: 5 } };
  {
    await using fork = await createFork(source, path, createMeta(FORK), {
      now: () => 5_000,
    });
    fork.append(
      { type: "turn_context", payload: { model: "m" } },
      event("thread_settings_applied", { thread_settings: { model: "n" } }),
      event("token_count", { info: usage }),
      event("token_count", { info: null }),
    );
  }
  const head = await readHead(path, { home: home.path });
  assert.equal(head?.preview, "t1");
  assert.equal(head?.meta.id, FORK);
  assert.deepEqual(
    await (await readRollout(path, { home: home.path })).readPreview(),
    { text: "t1", isOwn: false },
  );
  assert.deepEqual(await readTail(path), {
    updatedAtMs: 5_000,
    context: { model: "m" },
    settings: { model: "n" },
    usage,
  });
});

Deno.test("parseRolloutName: names of rollouts and others", () => {
  const path = toRolloutPath("/h", SOURCE, AT);
  const time = "2026-11-21T16-11-51";
  assert.deepEqual(parseRolloutName(path), {
    threadId: SOURCE,
    segmentId: SOURCE,
    time,
  });
  assert.deepEqual(parseRolloutName(toSegmentPath(path, FORK)), {
    threadId: SOURCE,
    segmentId: FORK,
    time,
  });
  for (
    const other of ["", "a.jsonl", `rollout-${SOURCE}.jsonl`, `${path}.tmp`]
  ) {
    assert.equal(parseRolloutName(other), undefined);
  }
});
