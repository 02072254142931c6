import assert from "node:assert/strict";
import { SmallExecServer } from "../../tests/kit/small_exec_server.ts";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { dial } from "../transport/mod.ts";
import { Environment } from "./environment.ts";
import { toAddress } from "./exec_server_address.ts";
import type { RemoteConfinement } from "./remote_order.ts";

const open = { confinement: null };
const bytes = new TextEncoder().encode("hello");

function connect(execServerUrl: string): Environment {
  return new Environment(toAddress({ environmentId: "box", execServerUrl }), {
    dial,
    onChange: () => {},
  });
}

Deno.test("fs/*: files elsewhere are written, looked at, read and removed", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  await using directory = await createTempDir();
  const { files } = box;
  const path = `${directory.path}/a b/c%20#.txt`;
  await files.makeDirectory(`${directory.path}/a b`, open);
  await files.write(path, bytes, open);
  assert.equal(await Deno.readTextFile(path), "hello");
  assert.deepEqual(await files.stat(path, open), { isFile: true, size: 5 });
  assert.deepEqual(await files.read(path, open), bytes);
  await Deno.symlink(path, `${directory.path}/link`);
  assert.equal(await files.realPath(`${directory.path}/link`, open), path);
  await files.remove(path, open);
  assert.deepEqual(
    [
      await files.stat(path, open),
      await files.read(path, open),
      await files.realPath(path, open),
    ],
    [undefined, undefined, undefined],
  );
  const [first] = server.asked("fs/getMetadata");
  assert.deepEqual(first, {
    path: `file://${directory.path}/a%20b/c%2520%23.txt`,
    sandbox: null,
  });
  assert.deepEqual(server.asked("fs/remove"), [{
    ...first,
    recursive: false,
    force: false,
  }]);
});

Deno.test("fs/*: what is confined says so, and hears the machine's own words", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  await using directory = await createTempDir();
  const cwd = `${directory.path}/w`;
  await Deno.mkdir(cwd);
  const confinement: RemoteConfinement = {
    policy: { type: "workspaceWrite" },
    cwd,
    workspaceRoots: [cwd],
    grant: { writes: [], reads: [], network: false },
  };
  await box.info();
  await box.files.write(`${cwd}/in`, bytes, { confinement });
  await assert.rejects(
    box.files.write(`${directory.path}/out`, bytes, { confinement }),
    { message: "Read-only file system (os error 30)" },
  );
  const [{ sandbox } = {}] = server.asked("fs/writeFile");
  const { userHomeDir } = sandbox as { userHomeDir?: string };
  assert.equal(userHomeDir, "file:///home/somebody");
});

Deno.test("fs/writeFile: a file that is too long for a message is not sent", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  await assert.rejects(
    box.files.write("/tmp/x", new Uint8Array(11 * 1024 * 1024), open),
    RangeError,
  );
  assert.deepEqual(server.asked("fs/writeFile"), []);
});

Deno.test("fs/*: a server that is out of reach is told about, and aborting ends the wait", async () => {
  const nobody = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = nobody.addr;
  await using box = connect(`ws://127.0.0.1:${port}`);
  const { signal } = new AbortController();
  const waiting = box.files.stat("/", {
    ...open,
    signal: AbortSignal.abort(new TypeError("enough")),
  });
  await assert.rejects(waiting, TypeError);
  nobody.close();
  await assert.rejects(box.files.stat("/", { ...open, signal }), {
    message: /^exec-server connection attempt failed: /,
  });
});
