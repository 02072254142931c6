import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { copyProgram } from "../../tests/kit/write_program.ts";
import { Access, type AccessRules } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { FileReader } from "./_file_reader.ts";
import { mapError } from "./_map_error.ts";
import { type FileContent, Files, MAX_READ_BYTES } from "./mod.ts";

interface Scratch extends AsyncDisposable {
  readonly path: string;
  readonly files: Files;
}

/** A fresh directory, and files under the given rules. */
async function scratch(
  rules: (path: string) => AccessRules = () => ({}),
): Promise<Scratch> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    files: new Files(await Access.create(rules(path))),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** What a client is told: code and message of the refusal. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const told = mapError(error);
    assert.ok(told instanceof RpcError, String(error));
    return `${told.code} ${told.message}`;
  }
  throw new assert.AssertionError({ message: "Expected a refusal" });
}

async function bytesOf({ content }: FileContent): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  let text = "";
  for await (const chunk of content.encode({ before: "", after: "" })) {
    text += new TextDecoder().decode(chunk);
  }
  return Uint8Array.fromBase64(text);
}

async function read(
  files: Files,
  path: string,
  range: { offset?: number; length?: number } = {},
): Promise<string> {
  return new TextDecoder().decode(
    await bytesOf(await files.readFile(path, range)),
  );
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args }).output();
  assert.ok(success, command);
}

function modeOf(path: string): number {
  return Deno.lstatSync(path).mode! & 0o7777;
}

function linkAt(path: string): string {
  return Deno.readLinkSync(path);
}

/** Whether a descriptor of this process is that of a file. */
function leadsTo(descriptor: string, file: string): boolean {
  try {
    return linkAt(`/proc/self/fd/${descriptor}`) === file;
  } catch {
    return false; // closed meanwhile
  }
}

function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

const NUL = "-32600 file name contained an unexpected NUL byte";
const ENOENT = "-32603 No such file or directory (os error 2)";
const EEXIST = "-32603 File exists (os error 17)";
const ENOTDIR = "-32603 Not a directory (os error 20)";
const EISDIR = "-32603 Is a directory (os error 21)";
const ENOTEMPTY = "-32603 Directory not empty (os error 39)";
const ELOOP = "-32603 Symbolic link loop (os error 40)";

Deno.test("Files refuses a NUL in any path", async () => {
  await using dir = await scratch();
  const { files } = dir;
  const bad = `${dir.path}/a\0b`;
  const good = `${dir.path}/a`;
  for (
    const work of [
      () => files.readFile(bad),
      () => files.writeFile(bad, toBytes("")),
      () => files.createDirectory(bad),
      () => files.getMetadata(bad),
      () => files.readDirectory(bad),
      () => files.remove(bad),
      () => files.copy(bad, good),
      () => files.copy(good, bad),
    ]
  ) assert.equal(await refusal(work()), NUL);
});

Deno.test("readFile gives small files at once and follows links", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "hello");
  await Deno.symlink("file", `${path}/link`);
  const info = await files.readFile(`${path}/file`);
  assert.deepEqual(
    { bytes: info.content, size: info.size },
    { bytes: toBytes("hello"), size: 5 },
  );
  assert.equal(await read(files, `${path}/link`), "hello");
});

Deno.test("readFile gives an empty file", async () => {
  await using dir = await scratch();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const { content, size } = await dir.files.readFile(`${dir.path}/file`);
  assert.deepEqual({ content, size }, { content: new Uint8Array(), size: 0 });
});

Deno.test("readFile gives files that the kernel makes up", async () => {
  const files = new Files(await Access.create({}));
  assert.equal(await read(files, "/proc/sys/kernel/ostype"), "Linux\n");
  // Longer than what is tried for at once.
  const value = "x".repeat(100_000);
  await using child = new Deno.Command("/bin/sleep", {
    args: ["60"],
    clearEnv: true,
    env: { LONG: value },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const text = await read(files, `/proc/${child.pid}/environ`);
    assert.ok(text.includes(`LONG=${value}\0`), `${text.length} characters`);
  } finally {
    child.kill("SIGKILL");
  }
});

Deno.test("readFile refuses what is not a file, without opening it", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await run("mkfifo", `${path}/fifo`);
  for (const name of [path, `${path}/fifo`, "/dev/null", "/dev/zero"]) {
    assert.equal(
      await refusal(files.readFile(name)),
      `-32600 path \`${name}\` is not a file`,
    );
  }
});

Deno.test("readFile tells what the system says", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "");
  await Deno.symlink("loop", `${path}/loop`);
  assert.equal(await refusal(files.readFile(`${path}/no`)), ENOENT);
  assert.equal(await refusal(files.readFile(`${path}/file/x`)), ENOTDIR);
  assert.equal(await refusal(files.readFile(`${path}/loop`)), ELOOP);
  assert.equal(
    await refusal(files.readFile(`${path}/${"x".repeat(300)}`)),
    "-32603 Filename too long (os error 36)",
  );
});

Deno.test("readFile refuses a file beyond the cap, and gives ranges of it", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const file = `${path}/sparse`;
  await Deno.writeTextFile(file, "");
  await Deno.truncate(file, MAX_READ_BYTES + 3);
  const text = "-32600 file is too large to read: limit is 536870912 bytes";
  assert.equal(await refusal(files.readFile(file)), text);
  assert.equal(
    await refusal(files.readFile(file, { knowsRanges: true })),
    `${text}; read it in parts with offset and length`,
  );
  const end = await files.readFile(file, { offset: MAX_READ_BYTES });
  assert.deepEqual(
    { content: end.content, size: end.size },
    { content: new Uint8Array(3), size: MAX_READ_BYTES + 3 },
  );
});

Deno.test("readFile gives any range", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "0123456789");
  const range = (offset?: number, length?: number) =>
    read(files, `${path}/file`, {
      ...offset === undefined ? {} : { offset },
      ...length === undefined ? {} : { length },
    });
  assert.deepEqual(
    [
      await range(3),
      await range(3, 4),
      await range(undefined, 2),
      await range(9, 5),
      await range(10),
      await range(11, 3),
      await range(Number.MAX_SAFE_INTEGER),
      await range(4, 0),
    ],
    ["3456789", "3456", "01", "9", "", "", "", ""],
  );
});

Deno.test("readFile gives large files and ranges of them piece by piece", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const file = `${path}/large`;
  const piece = 3 * 512 * 1024;
  for (
    const size of [
      256 * 1024,
      256 * 1024 + 1,
      piece - 1,
      piece,
      piece + 1,
      2 * piece,
      2 * piece + 2,
    ]
  ) {
    const bytes = Uint8Array.from(
      { length: size },
      (_, at) => at * 7 + (at >> 9),
    );
    await Deno.writeFile(file, bytes);
    const whole = await files.readFile(file);
    assert.equal(whole.content instanceof FileReader, size > 256 * 1024);
    assert.ok(bytes.length === whole.size);
    assert.equal(Buffer.compare(await bytesOf(whole), bytes), 0);
    const part = await files.readFile(file, { offset: 5, length: size - 7 });
    const expected = bytes.subarray(5, size - 2);
    assert.equal(Buffer.compare(await bytesOf(part), expected), 0);
  }
});

Deno.test("readFile ends where a file ends that shrinks meanwhile", async () => {
  await using dir = await scratch();
  const file = `${dir.path}/file`;
  await Deno.writeFile(file, new Uint8Array(4 * 1024 * 1024));
  const { content } = await dir.files.readFile(file);
  assert.ok(content instanceof FileReader);
  await Deno.truncate(file, 100);
  const chunks: string[] = [];
  for await (const chunk of content.encode({ before: '{"x":"', after: '"}' })) {
    chunks.push(new TextDecoder().decode(chunk));
  }
  assert.deepEqual(chunks, [`{"x":"${new Uint8Array(100).toBase64()}"}`]);
});

Deno.test("readFile does not go on with a file that grows meanwhile", async () => {
  await using dir = await scratch();
  const file = `${dir.path}/file`;
  const size = 2 * 1024 * 1024;
  await Deno.writeFile(file, new Uint8Array(size));
  const content = await dir.files.readFile(file);
  await Deno.writeFile(file, new Uint8Array(size), { append: true });
  assert.equal((await bytesOf(content)).length, size);
});

testAlone({
  module: import.meta.url,
  name: "readFile closes the file when nobody reads on",
}, async () => {
  await using dir = await scratch();
  const file = `${dir.path}/file`;
  await Deno.writeFile(file, new Uint8Array(8 * 1024 * 1024));
  const open = () =>
    namesIn("/proc/self/fd").filter((fd) => leadsTo(fd, file)).length;
  const before = open();
  const frame = { before: "", after: "" };
  const first = await dir.files.readFile(file);
  assert.ok(first.content instanceof FileReader);
  for await (const _ of first.content.encode(frame)) break;
  const second = await dir.files.readFile(file);
  assert.ok(second.content instanceof FileReader);
  assert.equal(open(), before + 1);
  second.content[Symbol.dispose]();
  second.content[Symbol.dispose]();
  assert.equal(open(), before);
});

Deno.test("readFile sets itself free of a fifo that takes the place of a file", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "");
  // It is looked at before it is opened: swap it in between.
  const stat = Deno.stat;
  try {
    Deno.stat = async (name) => {
      const info = await stat(name);
      if (info.isFile) {
        await Deno.remove(name);
        await run("mkfifo", String(name));
      }
      return info;
    };
    assert.equal(
      await refusal(files.readFile(`${path}/file`)),
      `-32600 path \`${path}/file\` is not a file`,
    );
  } finally {
    Deno.stat = stat;
  }
});

Deno.test("writeFile creates and replaces in one step and leaves nothing behind", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const file = `${path}/file`;
  // To ask for the mask is to change it for a moment, for all threads.
  await Deno.writeTextFile(file, "");
  const mode = modeOf(file);
  await Deno.remove(file);
  assert.equal(await files.writeFile(file, toBytes("one")), undefined);
  const first = await Deno.stat(file);
  await files.writeFile(file, toBytes("2"));
  const second = await Deno.stat(file);
  assert.deepEqual(
    {
      text: await Deno.readTextFile(file),
      names: namesIn(path),
      mode: modeOf(file),
      isNew: first.ino !== second.ino,
    },
    { text: "2", names: ["file"], mode, isNew: true },
  );
});

Deno.test("writeFile keeps the mode", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const file = `${path}/file`;
  await Deno.writeTextFile(file, "old");
  for (const mode of [0o600, 0o755, 0o666, 0o640]) {
    await Deno.chmod(file, mode);
    await files.writeFile(file, toBytes("new"));
    assert.equal(modeOf(file), mode);
  }
});

Deno.test({
  name: "writeFile keeps the owner (needs root)",
  ignore: Deno.uid() !== 0,
  async fn() {
    await using dir = await scratch();
    const file = `${dir.path}/file`;
    await Deno.writeTextFile(file, "old");
    await Deno.chown(file, 65534, 65534);
    await Deno.chmod(file, 0o4750);
    await dir.files.writeFile(file, toBytes("new"));
    const { uid, gid } = await Deno.stat(file);
    assert.deepEqual({ uid, gid, mode: modeOf(file) }, {
      uid: 65534,
      gid: 65534,
      mode: 0o4750,
    });
  },
});

Deno.test("writeFile writes in place through hard links and links", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/a`, "a long text");
  await Deno.link(`${path}/a`, `${path}/b`);
  await files.writeFile(`${path}/b`, toBytes("short"));
  assert.equal(await Deno.readTextFile(`${path}/a`), "short");
  await Deno.writeTextFile(`${path}/target`, "old");
  await Deno.symlink("target", `${path}/link`);
  await Deno.symlink("link", `${path}/chain`);
  await files.writeFile(`${path}/chain`, toBytes("new"));
  await Deno.symlink("created", `${path}/dangling`);
  await files.writeFile(`${path}/dangling`, toBytes("fresh"));
  assert.deepEqual(
    {
      target: await Deno.readTextFile(`${path}/target`),
      created: await Deno.readTextFile(`${path}/created`),
      links: ["link", "chain", "dangling"].map((name) =>
        linkAt(`${path}/${name}`)
      ),
    },
    {
      target: "new",
      created: "fresh",
      links: ["target", "link", "created"],
    },
  );
});

Deno.test("writeFile tells what the system says and writes nothing", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "");
  await Deno.mkdir(`${path}/dir`);
  await Deno.symlink("loop", `${path}/loop`);
  const write = (name: string) => files.writeFile(name, toBytes("x"));
  assert.equal(await refusal(write(`${path}/no/x`)), ENOENT);
  assert.equal(await refusal(write(`${path}/file/x`)), ENOTDIR);
  assert.equal(await refusal(write(`${path}/dir`)), EISDIR);
  assert.equal(await refusal(write(`${path}/loop`)), ELOOP);
  assert.deepEqual(namesIn(path), ["dir", "file", "loop"]);
  await copyProgram("/bin/sleep", `${path}/program`);
  const child = new Deno.Command(`${path}/program`, { args: ["60"] }).spawn();
  try {
    assert.equal(
      await refusal(write(`${path}/program`)),
      "-32603 Text file busy (os error 26)",
    );
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
});

Deno.test("writeFile writes devices and refuses fifos", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await run("mkfifo", `${path}/fifo`);
  await files.writeFile("/dev/null", toBytes("x"));
  assert.equal(
    await refusal(files.writeFile("/dev/full", toBytes("x"))),
    "-32603 No space left on device (os error 28)",
  );
  assert.equal(
    await refusal(files.writeFile(`${path}/fifo`, toBytes("x"))),
    `-32600 path \`${path}/fifo\` is not a file`,
  );
});

Deno.test("writeFile writes at an offset and behind the end", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const file = `${path}/file`;
  await files.writeFile(file, toBytes("0123456789"));
  await files.writeFile(file, toBytes("abc"), { offset: 2 });
  await files.writeFile(file, toBytes("!"), { append: true });
  await files.writeFile(file, toBytes("?"), { offset: 13 });
  await files.writeFile(`${path}/new`, toBytes("x"), { offset: 2 });
  await files.writeFile(`${path}/log`, toBytes("x"), { append: true });
  assert.deepEqual(
    ["file", "new", "log"].map((n) => Deno.readTextFileSync(`${path}/${n}`)),
    ["01abc56789!\0\0?", "\0\0x", "x"],
  );
  assert.equal(
    await refusal(
      files.writeFile(file, toBytes(""), { offset: 1, append: true }),
    ),
    "-32602 fs/writeFile takes either offset or append, not both",
  );
});

Deno.test("writeFile with ifMatch writes only over the version it means", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const file = `${path}/file`;
  const write = (text: string, ifMatch: string, more = {}) =>
    files.writeFile(file, toBytes(text), { ifMatch, withEtag: true, ...more });
  const first = await write("1", "");
  assert.ok(first !== undefined);
  assert.equal((await files.getMetadata(file)).etag, first);
  assert.equal((await files.readFile(file)).etag, first);
  const second = await write("2", first);
  assert.notEqual(second, first);
  await assert.rejects(write("3", first), {
    name: "RpcError",
    code: -32600,
    message:
      `fs/writeFile did not write: path \`${file}\` has changed since its etag was taken`,
    data: { etag: second },
  });
  await assert.rejects(write("3", first, { append: true }), { code: -32600 });
  await assert.rejects(write("3", ""), {
    message: `fs/writeFile did not write: path \`${file}\` exists already`,
    data: { etag: second },
  });
  const third = await write("3", "*");
  const fourth = await write("4", third!, { append: true });
  assert.notEqual(fourth, third);
  assert.equal(await Deno.readTextFile(file), "34");
  await Deno.remove(file);
  for (const ifMatch of ["*", fourth!]) {
    await assert.rejects(write("5", ifMatch), {
      message: `fs/writeFile did not write: path \`${file}\` does not exist`,
      data: { etag: null },
    });
  }
  assert.deepEqual(namesIn(path), []);
});

Deno.test("writeFile with an empty ifMatch lets exactly one of many create a file", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const results = await Promise.allSettled(
    Array.from(
      { length: 16 },
      (_, at) =>
        files.writeFile(`${path}/file`, toBytes(`${at}`), { ifMatch: "" }),
    ),
  );
  const won = results.findIndex(({ status }) => status === "fulfilled");
  const lost = results.filter(({ status }) => status === "rejected");
  assert.equal(lost.length, 15);
  for (const result of lost) {
    assert.match(
      String((result as PromiseRejectedResult).reason),
      /exists already/,
    );
  }
  assert.deepEqual(namesIn(path), ["file"]);
  assert.equal(await Deno.readTextFile(`${path}/file`), `${won}`);
});

Deno.test("writeFile that is cancelled leaves the old file", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "old");
  const signal = AbortSignal.abort(RpcError.cancelled());
  assert.equal(
    await refusal(files.writeFile(`${path}/file`, toBytes("new"), { signal })),
    "-32800 Request cancelled",
  );
  assert.equal(await Deno.readTextFile(`${path}/file`), "old");
  assert.deepEqual(namesIn(path), ["file"]);
});

Deno.test("createDirectory creates, with and without parents", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const flat = { recursive: false };
  await files.createDirectory(`${path}/a/b/c`);
  await files.createDirectory(`${path}/a/b/c`);
  await files.createDirectory(`${path}/a/d`, flat);
  await Deno.symlink("a", `${path}/link`);
  await files.createDirectory(`${path}/link`);
  await Deno.writeTextFile(`${path}/file`, "");
  await Deno.symlink("nowhere", `${path}/dangling`);
  const create = files.createDirectory.bind(files);
  assert.deepEqual(
    {
      again: await refusal(create(`${path}/a`, flat)),
      orphan: await refusal(create(`${path}/no/x`, flat)),
      file: await refusal(create(`${path}/file`)),
      below: await refusal(create(`${path}/file/x`)),
      dangling: await refusal(create(`${path}/dangling`)),
      names: namesIn(`${path}/a`),
    },
    {
      again: EEXIST,
      orphan: ENOENT,
      file: EEXIST,
      below: ENOTDIR,
      dangling: EEXIST,
      names: ["b", "d"],
    },
  );
});

Deno.test("getMetadata tells of files, directories, links and the rest", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "12345");
  await Deno.chmod(`${path}/file`, 0o640);
  await Deno.utime(`${path}/file`, 1, 2.9999);
  await Deno.symlink("file", `${path}/link`);
  await Deno.symlink(".", `${path}/to-dir`);
  await run("mkfifo", `${path}/fifo`);
  const birth = (await Deno.stat(`${path}/file`)).birthtime?.getTime() ?? 0;
  const { etag, ...file } = await files.getMetadata(`${path}/file`);
  assert.ok(etag);
  assert.deepEqual(file, {
    isDirectory: false,
    isFile: true,
    isSymlink: false,
    createdAtMs: birth,
    modifiedAtMs: 2999,
    size: 5,
    mode: 0o640,
  });
  assert.deepEqual(await files.getMetadata(`${path}/link`), {
    ...file,
    etag,
    isSymlink: true,
  });
  const kinds = async (name: string) => {
    const found = await files.getMetadata(`${path}/${name}`);
    return [found.isDirectory, found.isFile, found.isSymlink, found.etag];
  };
  assert.deepEqual(await kinds("to-dir"), [true, false, true, undefined]);
  assert.deepEqual(await kinds("fifo"), [false, false, false, undefined]);
});

Deno.test("getMetadata tells 0 for times before 1970", async () => {
  await using dir = await scratch();
  const file = `${dir.path}/file`;
  await Deno.writeTextFile(file, "");
  await run("touch", "-d", "1960-01-01", file);
  assert.equal((await dir.files.getMetadata(file)).modifiedAtMs, 0);
});

Deno.test("getMetadata tells what the system says", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.symlink("loop", `${path}/loop`);
  await Deno.symlink("no", `${path}/dangling`);
  assert.equal(await refusal(files.getMetadata(`${path}/loop`)), ELOOP);
  assert.equal(await refusal(files.getMetadata(`${path}/dangling`)), ENOENT);
});

Deno.test("readDirectory lists what can be resolved, in the order of the system", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  for (let at = 0; at < 50; at++) {
    await Deno.writeTextFile(`${path}/f${at}`, "");
  }
  await Deno.mkdir(`${path}/.hidden`);
  await Deno.symlink(".hidden", `${path}/to-dir`);
  await Deno.symlink("f1", `${path}/to-file`);
  await Deno.symlink("no", `${path}/dangling`);
  await Deno.symlink("loop", `${path}/loop`);
  await run("mkfifo", `${path}/fifo`);
  const entries = await files.readDirectory(path);
  const raw = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
  assert.deepEqual(
    entries.map(({ fileName }) => fileName),
    raw.filter((name) => name !== "dangling" && name !== "loop"),
  );
  const found = Object.fromEntries(
    entries.filter(({ fileName }) => !/^f\d/.test(fileName))
      .map(({ fileName, isDirectory, isFile }) => [
        fileName,
        [isDirectory, isFile],
      ]),
  );
  assert.deepEqual(found, {
    ".hidden": [true, false],
    "to-dir": [true, false],
    "to-file": [false, true],
    fifo: [false, false],
  });
});

Deno.test("readDirectory shows names that are not UTF-8 with U+FFFD", async () => {
  await using dir = await scratch();
  await run("sh", "-c", `: > "${dir.path}/$(printf 'a\\377b')"`);
  assert.deepEqual(await dir.files.readDirectory(dir.path), [
    { fileName: "a\uFFFDb", isDirectory: false, isFile: true },
  ]);
});

Deno.test("readDirectory tells what the system says", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/file`, "");
  assert.equal(await refusal(files.readDirectory(`${path}/file`)), ENOTDIR);
  assert.equal(await refusal(files.readDirectory(`${path}/no`)), ENOENT);
});

Deno.test("remove removes files, trees and links themselves", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.mkdir(`${path}/tree/deep`, { recursive: true });
  await Deno.writeTextFile(`${path}/tree/deep/file`, "");
  await Deno.writeTextFile(`${path}/file`, "");
  await Deno.mkdir(`${path}/kept`);
  await Deno.writeTextFile(`${path}/kept/file`, "");
  await Deno.symlink("kept", `${path}/link`);
  await Deno.symlink("../kept", `${path}/tree/link`);
  await run("mkfifo", `${path}/fifo`);
  for (const name of ["tree", "file", "link", "fifo", "missing"]) {
    await files.remove(`${path}/${name}`);
  }
  assert.deepEqual(namesIn(path), ["kept"]);
  assert.deepEqual(namesIn(`${path}/kept`), ["file"]);
});

Deno.test("remove without recursive or force refuses", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.mkdir(`${path}/full/empty`, { recursive: true });
  await Deno.writeTextFile(`${path}/file`, "");
  const flat = { recursive: false };
  assert.equal(await refusal(files.remove(`${path}/full`, flat)), ENOTEMPTY);
  await files.remove(`${path}/full/empty`, flat);
  await files.remove(`${path}/full`, flat);
  assert.equal(
    await refusal(files.remove(`${path}/no`, { force: false })),
    ENOENT,
  );
  assert.equal(await refusal(files.remove(`${path}/file/x`)), ENOTDIR);
});

Deno.test("remove refuses the root of the file system", async () => {
  // Nothing could be removed even if it did not.
  const files = new Files(await Access.create({ denyWrite: true }));
  assert.equal(
    await refusal(files.remove("/")),
    "-32603 Resource busy (os error 16)",
  );
});

Deno.test("copy copies a file with its mode, over another one too", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/a`, "content");
  await Deno.chmod(`${path}/a`, 0o751);
  await files.copy(`${path}/a`, `${path}/new`);
  await Deno.writeTextFile(`${path}/old`, "something much longer");
  await files.copy(`${path}/a`, `${path}/old`, { recursive: true });
  await Deno.symlink("old", `${path}/link`);
  await files.copy(`${path}/a`, `${path}/link`);
  await Deno.symlink("created", `${path}/dangling`);
  await files.copy(`${path}/a`, `${path}/dangling`);
  for (const name of ["new", "old", "link", "created"]) {
    assert.equal(await Deno.readTextFile(`${path}/${name}`), "content", name);
  }
  assert.deepEqual(
    [modeOf(`${path}/new`), modeOf(`${path}/old`), modeOf(`${path}/created`)],
    [0o751, 0o751, 0o751],
  );
  assert.equal(linkAt(`${path}/link`), "old");
  assert.equal(namesIn(path).length, 6);
});

Deno.test("copy of a file onto itself keeps its content", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  const a = `${path}/a`;
  await Deno.writeTextFile(a, "content");
  await Deno.link(a, `${path}/hard`);
  await Deno.symlink("a", `${path}/soft`);
  await files.copy(a, a);
  await files.copy(a, `${path}/hard`);
  await files.copy(`${path}/hard`, a);
  await files.copy(a, `${path}/soft`);
  assert.equal(await Deno.readTextFile(a), "content");
});

Deno.test("copy copies links as links", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.mkdir(`${path}/dir`);
  await Deno.symlink("dir", `${path}/to-dir`);
  await Deno.symlink("/no/where", `${path}/dangling`);
  await files.copy(`${path}/to-dir`, `${path}/one`);
  await files.copy(`${path}/dangling`, `${path}/two`);
  assert.deepEqual(
    [linkAt(`${path}/one`), linkAt(`${path}/two`)],
    ["dir", "/no/where"],
  );
  assert.equal(
    await refusal(files.copy(`${path}/to-dir`, `${path}/one`)),
    EEXIST,
  );
});

Deno.test("copy merges a tree, keeps its links and leaves special files out", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.mkdir(`${path}/from/sub/deep`, { recursive: true });
  await Deno.writeTextFile(`${path}/from/file`, "new");
  await Deno.writeTextFile(`${path}/from/sub/deep/file`, "deep");
  await Deno.symlink("../file", `${path}/from/sub/link`);
  await Deno.symlink("no", `${path}/from/dangling`);
  await run("mkfifo", `${path}/from/fifo`);
  await Deno.mkdir(`${path}/to/here/sub`, { recursive: true });
  await Deno.writeTextFile(`${path}/to/here/file`, "old and longer");
  await Deno.writeTextFile(`${path}/to/here/kept`, "kept");
  const recursive = { recursive: true };
  await files.copy(`${path}/from`, `${path}/to/here`, recursive);
  const found = (at: string): unknown =>
    Object.fromEntries(
      namesIn(at).map((name) => {
        const info = Deno.lstatSync(`${at}/${name}`);
        if (info.isDirectory) return [name, found(`${at}/${name}`)];
        return [
          name,
          info.isSymlink
            ? `-> ${Deno.readLinkSync(`${at}/${name}`)}`
            : Deno.readTextFileSync(`${at}/${name}`),
        ];
      }),
    );
  assert.deepEqual(found(`${path}/to/here`), {
    dangling: "-> no",
    file: "new",
    kept: "kept",
    sub: { deep: { file: "deep" }, link: "-> ../file" },
  });
  assert.equal(
    await refusal(files.copy(`${path}/from`, `${path}/to/here`, recursive)),
    EEXIST,
  );
  await files.copy(`${path}/from/sub/deep`, `${path}/p/q/r`, recursive);
  assert.deepEqual(found(`${path}/p`), { q: { r: { file: "deep" } } });
});

Deno.test("copy refuses what makes no sense", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.mkdir(`${path}/dir/sub`, { recursive: true });
  await Deno.writeTextFile(`${path}/file`, "");
  await Deno.symlink("dir/sub", `${path}/into`);
  await run("mkfifo", `${path}/fifo`);
  const recursive = { recursive: true };
  const copy = (from: string, to: string, options = recursive) =>
    refusal(files.copy(`${path}/${from}`, `${path}/${to}`, options));
  const itself =
    "-32600 fs/copy cannot copy a directory to itself or one of its descendants";
  assert.deepEqual(
    {
      flat: await copy("dir", "new", { recursive: false }),
      itself: await copy("dir", "dir"),
      below: await copy("dir", "dir/sub/a/b"),
      viaLink: await copy("dir", "into/new"),
      ontoLink: await copy("dir", "into"),
      fifo: await copy("fifo", "new"),
      ontoFifo: await copy("file", "fifo"),
      missing: await copy("no", "new"),
      ontoDirectory: await copy("file", "dir"),
      orphan: await copy("file", "no/new"),
      belowFile: await copy("file", "file/x"),
      directoryOntoFile: await copy("dir", "file"),
    },
    {
      flat:
        "-32600 fs/copy requires recursive: true when sourcePath is a directory",
      itself,
      below: itself,
      viaLink: itself,
      ontoLink: itself,
      fifo:
        "-32600 fs/copy only supports regular files, directories, and symlinks",
      ontoFifo: `-32600 path \`${path}/fifo\` is not a file`,
      missing: ENOENT,
      ontoDirectory: EISDIR,
      orphan: ENOENT,
      belowFile: ENOTDIR,
      directoryOntoFile: EEXIST,
    },
  );
});

Deno.test("copy into the parent of a tree is no copy into itself", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.mkdir(`${path}/a/b`, { recursive: true });
  await Deno.writeTextFile(`${path}/a/b/file`, "x");
  await files.copy(`${path}/a/b`, `${path}/a`, { recursive: true });
  await files.copy(`${path}/a`, `${path}/ab`, { recursive: true });
  assert.deepEqual(namesIn(`${path}/ab`), ["b", "file"]);
});

Deno.test("writeFile lets only one of those write that saw the same etag", async () => {
  await using dir = await scratch();
  const { files, path } = dir;
  await Deno.writeTextFile(`${path}/whole`, "base");
  await Deno.writeTextFile(`${path}/shared`, "base");
  // A second name: this one is written in place.
  await Deno.link(`${path}/shared`, `${path}/other`);
  for (const name of ["whole", "shared"]) {
    const file = `${path}/${name}`;
    for (let round = 0; round < 50; round++) {
      const { etag } = await files.getMetadata(file);
      const results = await Promise.allSettled(
        Array.from(
          { length: 4 },
          (_, at) =>
            files.writeFile(file, toBytes(`${round} by ${at}`.repeat(at + 1)), {
              ifMatch: etag,
            }),
        ),
      );
      const done = results.filter(({ status }) => status === "fulfilled");
      assert.equal(done.length, 1, `${name}, round ${round}`);
    }
  }
});
