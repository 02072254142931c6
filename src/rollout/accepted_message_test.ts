import assert from "node:assert/strict";
import { readHead } from "./read_edges.ts";
import { readRollout } from "./read_rollout.ts";
import { type EventPayload, Rollout } from "./mod.ts";
import { toItemRecords } from "./to_item_records.ts";

const id = "01a1feef-2dbe-7b22-a317-e61651d2905d";

function accepted(type: string, turn: string, text: string): EventPayload {
  return {
    type,
    turn_id: turn,
    started_at: 1,
    gangway: {
      message_id: `accepted-${text}`,
      client_id: "mine",
      input: [{ type: "text", text }],
    },
  };
}

/** What reads as the user's words, by turn, of a rollout with these events. */
async function read(
  events: readonly EventPayload[],
): Promise<{ turns: unknown; cut: unknown; preview: string | undefined }> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/rollout-2026-11-21T16-27-30-${id}.jsonl`;
  try {
    {
      await using rollout = Rollout.create(path, {
        id,
        timestamp: "2026-11-21T16:27:30.114Z",
        cwd: "/work",
        originator: "test",
        cli_version: "1",
        source: "vscode",
      });
      rollout.append(
        ...events.map((payload) => ({ type: "event_msg" as const, payload })),
      );
    }
    const stored = await readRollout(path, { home: directory });
    const toIds = (items: readonly { id: string }[]) =>
      items.map((item) => item.id);
    return {
      turns: (await stored.readTurns()).map(({ id, status, items }) => [
        id,
        status,
        toIds(items),
      ]),
      cut: (await stored.readCutTurns()).map(({ turnId, isOpen, said }) => [
        turnId,
        isOpen,
        toIds(said),
      ]),
      preview: (await readHead(path))?.preview,
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function item(turn: string, text: string): EventPayload {
  const [record] = toItemRecords(id, turn, {
    type: "userMessage",
    id: `item-${text}`,
    clientId: "mine",
    content: [{ type: "text", text, text_elements: [] }],
  });
  return record!.payload as EventPayload;
}

const end = (turn: string): EventPayload => ({
  type: "task_complete",
  turn_id: turn,
});

Deno.test("StoredThread shows what was accepted before there is an item of it", async () => {
  assert.deepEqual(
    await read([
      accepted("task_started", "a", "one"),
      accepted("gangway_said", "a", "two"),
    ]),
    {
      turns: [["a", "interrupted", ["accepted-one", "accepted-two"]]],
      cut: [["a", true, ["accepted-one", "accepted-two"]]],
      preview: "one",
    },
  );
});

Deno.test("StoredThread shows an item in place of what was accepted, each once and in its turn", async () => {
  const events = [
    accepted("task_started", "a", "one"),
    item("a", "one"),
    accepted("gangway_said", "a", "two"),
    accepted("gangway_said", "a", "three"),
    item("a", "two"),
  ];
  assert.deepEqual(await read(events), {
    turns: [["a", "interrupted", ["item-one", "accepted-three", "item-two"]]],
    cut: [["a", true, ["accepted-three"]]],
    preview: "one",
  });
  assert.deepEqual(
    await read([
      ...events,
      item("a", "three"),
      end("a"),
      accepted("task_started", "b", "four"),
      end("b"),
    ]),
    {
      turns: [
        ["a", "completed", ["item-one", "item-two", "item-three"]],
        ["b", "completed", ["accepted-four"]],
      ],
      cut: [["b", false, ["accepted-four"]]],
      preview: "one",
    },
  );
});

Deno.test("StoredThread takes nothing else for a message", async () => {
  const strange: unknown[] = [null, 7, {}, { message_id: 1, input: [] }, {
    message_id: "m",
    input: "hi",
  }, { message_id: "m", input: [] }];
  for (const gangway of strange) {
    const event = { type: "task_started", turn_id: "a", gangway };
    assert.deepEqual(await read([event]), {
      turns: [["a", "interrupted", []]],
      cut: [["a", true, []]],
      preview: "",
    });
  }
});
