import assert from "node:assert/strict";
import { Access, type AccessRules } from "../access/mod.ts";
import {
  type MethodName,
  type ParamsOf,
  type ResultOf,
  RpcError,
} from "../protocol/mod.ts";
import { type Context, EncodedResult, type Session } from "../rpc/mod.ts";
import { Files } from "./mod.ts";
import { fileMethods } from "./methods.ts";

/** One client, with the table as the server would call it. */
class Caller implements AsyncDisposable {
  readonly told: unknown[] = [];
  readonly #sessions = new Map<unknown, Disposable | AsyncDisposable>();
  readonly #controller = new AbortController();
  readonly #context: Context;

  private constructor(
    readonly path: string,
    readonly files: Files,
    isGangway: boolean,
  ) {
    const client = {
      connectionId: 1,
      name: "test",
      version: "1",
      experimentalApi: false,
      gangway: isGangway ? {} : undefined,
    };
    const notify: Context["notify"] = (_method, params) => {
      this.told.push(params);
      return Promise.resolve();
    };
    this.#context = {
      client,
      notify,
      signal: this.#controller.signal,
      ask: () => Promise.reject(new Error("Nobody to ask")),
      parked: (work) => Promise.resolve(work),
      cancelRequest: () => {},
      afterReply: () => {},
      session: (create) => {
        let thing = this.#sessions.get(create);
        if (thing === undefined) {
          const session = { client, notify } as unknown as Session;
          thing = create(session) as unknown as AsyncDisposable;
          this.#sessions.set(create, thing);
        }
        return thing as unknown as ReturnType<typeof create>;
      },
    };
  }

  static async create(
    { isGangway = false, rules = {} }: {
      isGangway?: boolean;
      rules?: AccessRules;
    } = {},
  ): Promise<Caller> {
    const path = await Deno.realPath(await Deno.makeTempDir());
    return new Caller(path, new Files(await Access.create(rules)), isGangway);
  }

  /** What a client would find in the reply. */
  async call<M extends MethodName & keyof typeof fileMethods>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<unknown> {
    const result = await this.raw(method, params);
    if (!(result instanceof EncodedResult)) return result;
    const frame = result.encode({ head: '{"id":1,"result":', tail: "}" });
    const chunks = frame instanceof Uint8Array
      ? [new TextDecoder().decode(frame)]
      : await Array.fromAsync(frame, (one) => new TextDecoder().decode(one));
    return JSON.parse(chunks.join("")).result;
  }

  async raw<M extends MethodName & keyof typeof fileMethods>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<ResultOf<M> | EncodedResult> {
    const row = fileMethods[method] as unknown as {
      handle(
        files: Files,
        params: ParamsOf<M>,
        context: Context,
      ): ResultOf<M> | EncodedResult;
    };
    return await row.handle(this.files, params, this.#context);
  }

  async refusal<M extends MethodName & keyof typeof fileMethods>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<RpcError> {
    try {
      await this.raw(method, params);
    } catch (error) {
      assert.ok(error instanceof RpcError, String(error));
      return error;
    }
    assert.fail("Expected a refusal");
  }

  leave(reason: unknown): void {
    this.#controller.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#sessions.values()) {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
      else thing[Symbol.dispose]();
    }
    await Deno.remove(this.path, { recursive: true });
  }
}

const claims = <M extends MethodName & keyof typeof fileMethods>(
  method: M,
  params: ParamsOf<M>,
) =>
  (fileMethods[method].scope as { claims(params: unknown): readonly unknown[] })
    .claims(params);

Deno.test("fs/* resolves dots and slashes by name before anything is opened", async () => {
  await using caller = await Caller.create();
  const { path } = caller;
  await Deno.mkdir(`${path}/dir`);
  await Deno.symlink("dir", `${path}/link`);
  const dataBase64 = "aGk=";
  await caller.call("fs/writeFile", {
    path: `${path}/./dir//x/../a/`,
    dataBase64,
  });
  assert.deepEqual(
    await caller.call("fs/readFile", { path: `${path}//dir/a/` }),
    { dataBase64 },
  );
  await caller.call("fs/remove", { path: `${path}/link/` });
  assert.deepEqual(
    await caller.call("fs/readDirectory", { path: `${path}/no/../dir/` }),
    { entries: [{ fileName: "a", isDirectory: false, isFile: true }] },
  );
});

Deno.test("fs/* holds the paths that it works on", () => {
  const path = "/a/./b/";
  const lane = "path";
  const shared = { lane, access: "shared", path: "/a/b" };
  const exclusive = { lane, access: "exclusive", path: "/a/b" };
  const watch = { lane: "watch", access: "exclusive", path: "w" };
  assert.deepEqual(
    {
      read: claims("fs/readFile", { path }),
      metadata: claims("fs/getMetadata", { path }),
      list: claims("fs/readDirectory", { path }),
      write: claims("fs/writeFile", { path, dataBase64: "" }),
      create: claims("fs/createDirectory", { path }),
      remove: claims("fs/remove", { path }),
      copy: claims("fs/copy", { sourcePath: path, destinationPath: "/c/" }),
      watch: claims("fs/watch", { watchId: "w", path }),
      unwatch: claims("fs/unwatch", { watchId: "w" }),
    },
    {
      read: [{ ...shared, tree: false }],
      metadata: [{ ...shared, tree: false }],
      list: [{ ...shared, tree: true }],
      write: [{ ...exclusive, tree: false }],
      create: [{ ...exclusive, tree: true }],
      remove: [{ ...exclusive, tree: true }],
      copy: [
        { ...shared, tree: true },
        { ...exclusive, path: "/c", tree: true },
      ],
      watch: [watch, { ...exclusive, tree: true }],
      unwatch: [watch],
    },
  );
});

Deno.test("fs/readFile gives the same reply whichever way it is produced", async () => {
  for (const isGangway of [false, true]) {
    await using caller = await Caller.create({ isGangway });
    const path = `${caller.path}/file`;
    for (const size of [0, 1, 16_384, 16_385, 262_144, 262_145, 5_000_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
      await Deno.writeFile(path, bytes);
      const reply = await caller.call("fs/readFile", { path });
      const { etag } = await caller.files.getMetadata(path);
      assert.deepEqual(reply, {
        dataBase64: bytes.toBase64(),
        ...isGangway ? { etag, size } : {},
      });
    }
  }
});

Deno.test("fs/readFile points to ranges only where they are known", async () => {
  for (const isGangway of [false, true]) {
    await using caller = await Caller.create({ isGangway });
    const path = `${caller.path}/file`;
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, 536_870_913);
    const { code, message } = await caller.refusal("fs/readFile", { path });
    assert.deepEqual([code, message], [
      -32600,
      "file is too large to read: limit is 536870912 bytes" +
      (isGangway ? "; read it in parts with offset and length" : ""),
    ]);
  }
});

Deno.test("fs/readFile takes null for an absent range", async () => {
  await using caller = await Caller.create({ isGangway: true });
  const path = `${caller.path}/file`;
  await Deno.writeTextFile(path, "hello");
  const read = async (offset: number | null, length: number | null) =>
    (await caller.call("fs/readFile", { path, offset, length }) as {
      dataBase64: string;
    }).dataBase64;
  assert.deepEqual(
    [await read(null, null), await read(1, null), await read(null, 2)],
    [btoa("hello"), btoa("ello"), btoa("he")],
  );
});

Deno.test("fs/readFile closes a large file that nobody waits for any more", async () => {
  await using caller = await Caller.create();
  const path = `${caller.path}/file`;
  await Deno.writeFile(path, new Uint8Array(1_000_000));
  // The sanitizer would tell of a file that stays open.
  const result = await caller.raw("fs/readFile", { path });
  assert.ok(result instanceof EncodedResult);
  result.release();
});

Deno.test("fs/readFile goes on with a reply that is cancelled too late", async () => {
  await using caller = await Caller.create();
  const path = `${caller.path}/file`;
  await Deno.writeFile(path, new Uint8Array(1_000_000));
  const result = await caller.raw("fs/readFile", { path });
  assert.ok(result instanceof EncodedResult);
  caller.leave(RpcError.cancelled());
  const frame = result.encode({ head: "", tail: "" });
  assert.ok(!(frame instanceof Uint8Array));
  const chunks = await Array.fromAsync(frame, (one) => one.length);
  assert.equal(chunks.reduce((sum, one) => sum + one, 0), 1_333_336 + 17);
});

Deno.test("fs/writeFile refuses what is no base64 before it looks at the path", async () => {
  await using caller = await Caller.create();
  const { code, message } = await caller.refusal("fs/writeFile", {
    path: "/no/such\0path",
    dataBase64: "aGk=\n",
  });
  assert.deepEqual([code, message], [
    -32600,
    "fs/writeFile requires valid base64 dataBase64: Invalid symbol 10, offset 4.",
  ]);
});

Deno.test("fs/writeFile answers with an etag only where it is known", async () => {
  for (const isGangway of [false, true]) {
    await using caller = await Caller.create({ isGangway });
    const path = `${caller.path}/file`;
    const reply = await caller.call("fs/writeFile", {
      path,
      dataBase64: "aGk=",
    });
    const { etag } = await caller.files.getMetadata(path);
    assert.deepEqual(reply, isGangway ? { etag } : {});
  }
});

Deno.test("fs/getMetadata answers with size, mode and etag only where they are known", async () => {
  for (const isGangway of [false, true]) {
    await using caller = await Caller.create({ isGangway });
    const { path } = caller;
    await Deno.writeTextFile(`${path}/file`, "12345", { mode: 0o600 });
    const keys = async (name: string) =>
      Object.keys(
        await caller.call("fs/getMetadata", { path: name }) as object,
      ).sort().join(" ");
    const stock = "createdAtMs isDirectory isFile isSymlink modifiedAtMs";
    const more = "isSymlink mode modifiedAtMs size";
    assert.deepEqual(
      [await keys(`${path}/file`), await keys(path)],
      isGangway
        ? [
          `createdAtMs etag isDirectory isFile ${more}`,
          `createdAtMs isDirectory isFile ${more}`,
        ]
        : [stock, stock],
    );
  }
});

Deno.test("fs/* takes null for its defaults", async () => {
  await using caller = await Caller.create();
  const path = `${caller.path}/a/b`;
  await caller.call("fs/createDirectory", { path, recursive: null });
  await caller.call("fs/remove", {
    path: `${caller.path}/a`,
    recursive: null,
    force: null,
  });
  await caller.call("fs/remove", { path, force: null });
});

Deno.test("fs/* tells which flag forbids a path", async () => {
  await using caller = await Caller.create({
    rules: { allowRead: ["/nowhere"], denyWrite: true },
  });
  const { path } = caller;
  const read = await caller.refusal("fs/readFile", { path });
  const write = await caller.refusal("fs/remove", { path });
  assert.deepEqual(
    [read.code, read.message, write.code, write.message],
    [
      -32600,
      `Reading is not allowed: path "${path}" is outside --allow-read=/nowhere`,
      -32600,
      `Writing is not allowed: path "${path}" is covered by --deny-write`,
    ],
  );
});

Deno.test("fs/watch answers with the path as it will be told, and fs/unwatch ends it", async () => {
  await using caller = await Caller.create();
  const { path } = caller;
  assert.deepEqual(
    await caller.call("fs/watch", { watchId: "w", path: `${path}/./` }),
    { path },
  );
  assert.deepEqual(
    (await caller.refusal("fs/watch", { watchId: "w", path })).message,
    "watchId already exists: w",
  );
  await caller.call("fs/unwatch", { watchId: "w" });
  assert.deepEqual(await caller.call("fs/unwatch", { watchId: "w" }), {});
  await caller.call("fs/watch", { watchId: "w", path });
});
