/** What happens to threads when nothing can be written, or what was is broken. */
import assert from "node:assert/strict";
import { Client, RpcError } from "../../src/client/mod.ts";
import type { Turn } from "../../src/protocol/mod.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { openThreadWorld } from "../kit/thread_world.ts";

/** Longer than what is left of a page, and than a page. */
const LONG = "fine ".repeat(4000);
const SCRIPT = { responses: [{ output: [{ say: LONG }], repeat: true }] };

/** A home whose model always says the same. */
async function furnish(home: string): Promise<void> {
  const script = `${home}/script.json`;
  await Deno.writeTextFile(script, JSON.stringify(SCRIPT));
  await Deno.writeTextFile(
    `${home}/config.toml`,
    `model = "scripted"
model_provider = "offline"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.offline]
name = "Offline"
base_url = "script://${script}"
`,
  );
}

/** A program in front of the server that changes what is mounted at a path. */
function withMount(script: string, path: string): readonly string[] {
  return ["unshare", "--mount", "sh", "-c", `${script} && exec "$@"`, path];
}

const smallDisk = 'mount -t tmpfs -o size=256k none "$0"';
const readOnly =
  'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0"';

const canMount = await (async () => {
  await using probe = await createTempDir();
  const [program, ...args] = withMount(smallDisk, probe.path);
  try {
    const { success } = await new Deno.Command(program!, {
      args: [...args, "true"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
})();
if (!canMount) {
  // deno-lint-ignore no-console -- the reader of the report has to know
  console.warn("Left out, for no file system can be mounted: unshare fails");
}

/** Plays a turn; gives it as it ended. */
async function play(
  client: Client,
  threadId: string,
  text: string,
): Promise<Turn> {
  using ends = client.notifications("turn/completed");
  await client.request("turn/start", {
    threadId,
    input: [{ type: "text", text }],
  });
  const { value } = await ends.next();
  return value!.params.turn;
}

async function connect(server: ServerProcess): Promise<Client> {
  return await Client.connect({ url: server.url }, {
    clientInfo: { name: "test", version: "1" },
    capabilities: { experimentalApi: true },
  });
}

Deno.test({
  name:
    "a full disk fails the turn with words for it; with room again the thread goes on, and nothing of it is lost",
  ignore: !canMount,
  async fn() {
    await using home = await createTempDir();
    await furnish(home.path);
    const sessions = `${home.path}/sessions`;
    await Deno.mkdir(sessions);
    await using server = await ServerProcess.start({
      home: home.path,
      listen: "ws://127.0.0.1:0",
      inside: withMount(smallDisk, sessions),
    });
    await using client = await connect(server);
    const { thread } = await client.request("thread/start", {});
    const threadId = thread.id;
    assert.equal((await play(client, threadId, "first")).status, "completed");
    let filler = 0;
    const page = new Uint8Array(4096).toBase64();
    const fill = async (): Promise<void> => {
      for (;; filler++) {
        try {
          await client.request("fs/writeFile", {
            path: `${sessions}/filler-${filler}`,
            dataBase64: page,
          });
        } catch (error) {
          assert.match(String(error), /No space left on device/);
          return;
        }
      }
    };
    await fill();
    await client.request("fs/remove", { path: `${sessions}/filler-0` });
    const told: { text: string; status: string }[] = [
      { text: "first", status: "completed" },
    ];
    // One page takes the beginning of a turn or two; then none begins.
    for (let at = 0;; at++) {
      assert.ok(at < 20, "turns begin although nothing can be written");
      const text = `full ${at}`;
      try {
        const { status, error } = await play(client, threadId, text);
        assert.equal(status, "failed");
        assert.match(error!.message, /No space left on device/);
        told.push({ text, status });
      } catch (error) {
        assert.ok(error instanceof RpcError, String(error));
        assert.match(error.message, /No space left on device/);
        break;
      }
    }
    assert.ok(told.length > 1, "no turn failed on its way");
    // The connection lives, other threads too, and this one can be read.
    const { data } = await client.request("thread/list", {});
    assert.deepEqual(data.map(({ id }) => id), [threadId]);
    for (let at = 1; at < filler; at++) {
      await client.request("fs/remove", { path: `${sessions}/filler-${at}` });
    }
    assert.equal((await play(client, threadId, "room")).status, "completed");
    told.push({ text: "room", status: "completed" });
    const read = await client.request("thread/read", {
      threadId,
      includeTurns: true,
    });
    assert.deepEqual(
      read.thread.turns.map(({ status, items }) => {
        const said = items.find((item) => item.type === "userMessage");
        const [part] = said?.type === "userMessage" ? said.content : [];
        return { text: part?.type === "text" ? part.text : "", status };
      }),
      told,
    );
  },
});

Deno.test({
  name:
    "a home that can't be written to refuses threads with words, and plays those that are kept nowhere",
  ignore: !canMount,
  async fn() {
    await using home = await createTempDir();
    await furnish(home.path);
    await using server = await ServerProcess.start({
      home: home.path,
      listen: "ws://127.0.0.1:0",
      inside: withMount(readOnly, home.path),
    });
    await using client = await connect(server);
    await assert.rejects(
      client.request("thread/start", {}),
      (error: unknown) =>
        error instanceof RpcError &&
        /[Rr]ead-only file system/.test(error.message),
    );
    const { thread } = await client.request("thread/start", {
      ephemeral: true,
    });
    assert.equal((await play(client, thread.id, "hi")).status, "completed");
    assert.deepEqual((await client.request("thread/list", {})).data, []);
  },
});

for (const what of ["overwritten", "cut off", "removed"] as const) {
  Deno.test(`a catalog that is ${what} while the server runs is found again in the files of threads`, async () => {
    await using world = await openThreadWorld();
    const me = await world.connect();
    const ids: string[] = [];
    for (const text of ["one", "two"]) {
      const { thread } = await me.client.request("thread/start", {});
      await me.say(thread.id, text);
      ids.unshift(thread.id);
    }
    for await (const { name } of Deno.readDir(world.home)) {
      if (!/^gangway_1\.sqlite(-wal)?$/.test(name)) continue;
      const path = `${world.home}/${name}`;
      if (what === "removed") await Deno.remove(path);
      else if (what === "cut off") await Deno.truncate(path, 100);
      else {
        const { size } = await Deno.stat(path);
        await Deno.writeFile(path, new Uint8Array(size).fill(0xa5));
      }
    }
    const list = async (): Promise<string[]> => {
      const { data } = await me.client.request("thread/list", {
        sortKey: "created_at",
      });
      return data.map(({ id }) => id);
    };
    assert.deepEqual(await list(), ids);
    // Turns go on, in threads that were there and in new ones.
    await me.say(ids[0]!, "more");
    const { thread } = await me.client.request("thread/start", {});
    await me.say(thread.id, "three");
    assert.deepEqual(await list(), [thread.id, ...ids]);
    await world.restart();
    const again = await world.connect();
    const { data } = await again.client.request("thread/list", {
      sortKey: "created_at",
    });
    assert.deepEqual(
      data.map(({ id, preview }) => [id, preview]),
      [[thread.id, "three"], [ids[0], "two"], [ids[1], "one"]],
    );
  });
}
