import fc from "fast-check";
import assert from "node:assert/strict";
import { initialize, type Received, replies, request } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";

/** Files that steps work on; some are in a directory that comes and goes. */
const FILES = ["a", "b", "d/x", "d/y"] as const;
const DIRECTORY = "d";

type Step =
  | { readonly do: "write" | "append"; readonly file: string; text: string }
  | { readonly do: "patch"; file: string; text: string; offset: number }
  | { readonly do: "read" | "remove" | "stat"; readonly file: string }
  | { readonly do: "copy"; readonly file: string; readonly to: string }
  | { readonly do: "makeDirectory" | "removeDirectory" | "list" };

const MISSING = {
  code: -32603,
  message: "No such file or directory (os error 2)",
};

/** What a directory would be like if each step ended before the next began. */
class Model {
  readonly files = new Map<string, string>();
  hasDirectory = false;

  /** Does a step and tells what is answered to it. */
  take(step: Step): unknown {
    switch (step.do) {
      case "write":
        return this.#put(step.file, step.text);
      case "append":
        return this.#put(step.file, this.#text(step.file) + step.text);
      case "patch": {
        const { file, text, offset } = step;
        const old = this.#text(file).padEnd(offset, "\0");
        const end = old.slice(offset + text.length);
        return this.#put(file, old.slice(0, offset) + text + end);
      }
      case "read": {
        const text = this.files.get(step.file);
        return text === undefined ? MISSING : { text, size: text.length };
      }
      case "stat": {
        if (step.file === DIRECTORY) {
          return this.hasDirectory ? { isDirectory: true } : MISSING;
        }
        const text = this.files.get(step.file);
        return text === undefined
          ? MISSING
          : { isDirectory: false, size: text.length };
      }
      case "remove":
        this.files.delete(step.file);
        return {};
      case "copy": {
        const text = this.files.get(step.file);
        return text === undefined ? MISSING : this.#put(step.to, text);
      }
      case "makeDirectory":
        this.hasDirectory = true;
        return {};
      case "removeDirectory":
        this.hasDirectory = false;
        for (const file of FILES) {
          if (file.startsWith(`${DIRECTORY}/`)) this.files.delete(file);
        }
        return {};
      case "list":
        return this.hasDirectory
          ? FILES.filter((file) =>
            file.startsWith(`${DIRECTORY}/`) && this.files.has(file)
          ).map((file) => file.slice(2))
          : MISSING;
    }
  }

  #text(file: string): string {
    return this.files.get(file) ?? "";
  }

  #put(file: string, text: string): unknown {
    if (file.startsWith(`${DIRECTORY}/`) && !this.hasDirectory) return MISSING;
    this.files.set(file, text);
    return {};
  }
}

function toRequest(id: number, step: Step, root: string): string {
  const at = (name: string): string => `${root}/${name}`;
  switch (step.do) {
    case "write":
    case "append":
    case "patch":
      return request(id, "fs/writeFile", {
        path: at(step.file),
        dataBase64: btoa(step.text),
        ...step.do === "append" ? { append: true } : {},
        ...step.do === "patch" ? { offset: step.offset } : {},
      });
    case "read":
      return request(id, "fs/readFile", { path: at(step.file) });
    case "stat":
      return request(id, "fs/getMetadata", { path: at(step.file) });
    case "remove":
      return request(id, "fs/remove", { path: at(step.file) });
    case "copy":
      return request(id, "fs/copy", {
        sourcePath: at(step.file),
        destinationPath: at(step.to),
      });
    case "makeDirectory":
      return request(id, "fs/createDirectory", { path: at(DIRECTORY) });
    case "removeDirectory":
      return request(id, "fs/remove", { path: at(DIRECTORY) });
    case "list":
      return request(id, "fs/readDirectory", { path: at(DIRECTORY) });
  }
}

/** A reply in the words of the model. */
function toAnswer(step: Step, { result, error }: Received): unknown {
  if (error !== undefined) return error;
  switch (step.do) {
    case "read":
      return { text: atob(result.dataBase64), size: result.size };
    case "stat":
      return result.isDirectory
        ? { isDirectory: true }
        : { isDirectory: false, size: result.size };
    case "list":
      return result.entries
        .map(({ fileName }: { fileName: string }) => fileName).toSorted();
    case "write":
    case "append":
    case "patch":
      assert.equal(typeof result.etag, "string");
      return {};
    default:
      return result;
  }
}

const file = fc.constantFrom(...FILES);
const unit = fc.constantFrom("r", "s", "t");
const text = fc.string({ unit, maxLength: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("write", "append"), file, text }),
  fc.record({
    do: fc.constant("patch" as const),
    file,
    // Writing nothing behind the end makes no gap.
    text: fc.string({ unit, minLength: 1, maxLength: 5 }),
    offset: fc.nat({ max: 8 }),
  }),
  fc.record({ do: fc.constantFrom("read", "remove"), file }),
  fc.record({
    do: fc.constant("stat" as const),
    file: fc.constantFrom(...FILES, DIRECTORY),
  }),
  fc.record({ do: fc.constant("copy" as const), file, to: file }),
  fc.record({
    do: fc.constantFrom("makeDirectory", "removeDirectory", "list"),
  }),
);

Deno.test("fs/*: pipelined requests of one connection come out as if done one after the other", async () => {
  await using home = await createTempDir();
  await using directory = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using peer = await server.connect();
  await initialize(peer, { gangway: {} });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 120, size: "max" }),
      async (steps) => {
        const root = `${directory.path}/${runs++}`;
        await Deno.mkdir(root);
        const model = new Model();
        const expected = steps.map((one) => model.take(one));
        await peer.send(...steps.map((one, id) => toRequest(id, one, root)));
        const found = await replies(peer, steps.length);
        assert.deepEqual(
          steps.map((one, id) => toAnswer(one, found.get(id)!)),
          expected,
        );
        for (const name of FILES) {
          const content = await Deno.readTextFile(`${root}/${name}`)
            .catch(() => undefined);
          assert.equal(content, model.files.get(name));
        }
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("fs/*: a chain of requests on one path and its parent comes out in order", async () => {
  await using home = await createTempDir();
  await using directory = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer, { gangway: {} });
  const parent = `${directory.path}/parent`;
  const path = `${parent}/file`;
  const chain: readonly [method: string, params: object][] = [
    ["fs/createDirectory", { path: parent }],
    ["fs/writeFile", { path, dataBase64: btoa("one") }],
    ["fs/readFile", { path }],
    ["fs/writeFile", { path, dataBase64: btoa("two"), append: true }],
    ["fs/readFile", { path }],
    ["fs/remove", { path: parent, recursive: true }],
    ["fs/getMetadata", { path }],
  ];
  const rounds = 30;
  const messages: string[] = [];
  for (let id = 0; id < rounds * chain.length; id++) {
    messages.push(request(id, ...chain[id % chain.length]!));
  }
  await peer.send(...messages);
  const found = await replies(peer, messages.length);
  for (let first = 0; first < messages.length; first += chain.length) {
    const at = (index: number): Received => found.get(first + index)!;
    assert.deepEqual(at(0).result, {});
    assert.equal(at(1).error, undefined);
    assert.equal(at(2).result.dataBase64, btoa("one"));
    assert.equal(at(3).error, undefined);
    assert.equal(at(4).result.dataBase64, btoa("onetwo"));
    assert.deepEqual(at(5).result, {});
    assert.deepEqual(at(6).error, MISSING);
  }
});
