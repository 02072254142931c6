/** Ids that are none, or nobody's: an error with words, and nothing breaks. */
import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { threadScopes } from "../../src/threads/methods.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { Watcher } from "../kit/watcher.ts";

const input = [{ type: "text", text: "hi" }];
const UNKNOWN = "01a1feef-2dbe-7b22-a317-e61651d2905d";

/** Further parameters of the methods that need some. */
const more: Readonly<Record<string, object>> = {
  "turn/start": { input },
  "turn/steer": { input, expectedTurnId: UNKNOWN },
  "turn/interrupt": { turnId: UNKNOWN },
  "turn/settings/update": { turnId: UNKNOWN },
  "review/start": { target: { type: "uncommittedChanges" } },
  "thread/revert": { beforeTurnId: UNKNOWN },
  "thread/rollback": { numTurns: 1 },
  "thread/items/list": {},
  "thread/items/read": { turnId: UNKNOWN, itemId: "i" },
  "thread/turns/items/list": { turnId: UNKNOWN },
  "thread/searchOccurrences": { searchTerm: "a" },
  "thread/shellCommand": { command: "true" },
  "thread/name/set": { name: "a" },
  "thread/metadata/update": { gitInfo: { sha: "a" } },
  "thread/memoryMode/set": { mode: "enabled" },
  "thread/readState/update": { lastReadTurnId: UNKNOWN, state: "read" },
  "thread/section/move": { sectionId: null, afterThreadId: null },
  "thread/attachment/add": { attachment: {} },
  "thread/attachment/remove": { attachmentId: UNKNOWN },
  "thread/goal/set": { objective: "a" },
  "thread/queue/add": { input },
  "thread/queue/update": { queuedSubmissionId: UNKNOWN, input },
  "thread/queue/delete": { queuedSubmissionId: UNKNOWN },
  "thread/queue/start": { queuedSubmissionId: UNKNOWN },
  "thread/queue/reorder": { queuedSubmissionIds: [] },
  "thread/inject_items": {
    items: [{ type: "message", role: "user", content: [] }],
  },
  "thread/backgroundTerminals/terminate": { processId: "1" },
  "thread/prepareApprovedPlan": {},
  "thread/guardianReview": {},
  "thread/approveGuardianDeniedAction": { event: {} },
  getConversationSummary: { conversationId: UNKNOWN },
};

/** Methods that are not about one thread. */
const others = new Set([
  "thread/start",
  "thread/loaded/list",
  "thread/list",
  "thread/search",
  "thread/attachmentOwner/list",
  "rollout/compress",
  "thread/sample/cancel",
]);

const methods = Object.keys(threadScopes).filter((method) =>
  /^(thread|turn|review)\//.test(method) && !others.has(method)
);

/** Ids that no thread has, in every way in which one can be wrong. */
const ids: readonly unknown[] = [
  UNKNOWN,
  UNKNOWN.toUpperCase(),
  "",
  " ",
  "x",
  "../../../etc/passwd",
  `${UNKNOWN}/..`,
  "\0",
  "%00",
  "é".repeat(36),
  "0".repeat(100_000),
  "'; DROP TABLE threads; --",
  "__proto__",
  "constructor",
  7,
  null,
  {},
  [],
];

Deno.test("every method of threads and turns refuses ids that are none or nobody's, with words", async (t) => {
  await using home = await createTempDir();
  await using server = await createAppServer({ home: home.path });
  await using me = await Watcher.connect(server.connect(), new Map());
  const answers: string[] = [];
  for (const method of methods) {
    await t.step(method, async () => {
      const replies = await Promise.all(
        ids.map((threadId) =>
          me.request(method, { threadId, ...more[method] })
        ),
      );
      for (const [at, { result, error }] of replies.entries()) {
        const id = JSON.stringify(ids[at])?.slice(0, 60);
        if (method === "thread/attachment/list" && error === undefined) {
          assert.deepEqual(result, { data: [], nextCursor: null }, id);
          continue;
        }
        // Voices are the same for all; the id is a field like any unknown one.
        if (method === "thread/realtime/listVoices") {
          assert.notEqual(result, undefined, id);
          continue;
        }
        if (method === "thread/unsubscribe" && error === undefined) {
          assert.deepEqual(result, { status: "notLoaded" }, id);
          continue;
        }
        assert.ok(
          error?.code === -32600 || error?.code === -32602,
          `${id}: ${JSON.stringify({ result, error })}`,
        );
        assert.ok(error.message.length > 5, id);
        answers.push(error.message);
      }
    });
  }
  // Nothing of it was taken for a thread, or for a path.
  const { result } = await me.request("thread/list", {});
  assert.deepEqual(result.data, []);
  assert.ok(answers.some((one) => one.startsWith("thread not found: ")));
  assert.ok(answers.some((one) => one.startsWith("invalid thread id: ")));
  assert.deepEqual(me.faults, []);
});
