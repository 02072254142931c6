import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { until } from "../../tests/kit/until.ts";
import { Access, type AccessRules } from "../access/mod.ts";
import type { FsChange, FsChangedNotification } from "../protocol/mod.ts";
import { Files, Watches, type WatchSettings } from "./mod.ts";
import { joinChanges } from "./watches.ts";

/** A directory, the watches of one client, and what it was told. */
class Stage implements AsyncDisposable {
  readonly told: FsChangedNotification[] = [];
  readonly watches: Watches;
  #waiting: (() => void) | undefined;

  private constructor(
    readonly path: string,
    readonly access: Access,
    isGangway: boolean,
  ) {
    this.watches = new Watches({
      isGangway,
      notify: (params) => {
        this.told.push(params);
        this.#waiting?.();
      },
    });
  }

  static async create(
    { isGangway = false, rules = () => ({}) }: {
      isGangway?: boolean;
      rules?: (path: string) => AccessRules;
    } = {},
  ): Promise<Stage> {
    const scratch = await Deno.realPath(await Deno.makeTempDir());
    const path = `${scratch}/stage`;
    await Deno.mkdir(path);
    return new Stage(path, await Access.create(rules(path)), isGangway);
  }

  async watch(
    id: string,
    name: string,
    settings?: WatchSettings,
  ): Promise<void> {
    const path = name === "" ? this.path : `${this.path}/${name}`;
    await this.watches.add(id, path, this.access, settings);
  }

  /** Names told for a watch until all that is expected was told. */
  async until(id: string, ...expected: string[]): Promise<string[]> {
    const full = expected.map((name) => this.#full(name));
    const isTold = () => {
      const paths = new Set(this.#of(id).flatMap((one) => one.changedPaths));
      return full.every((path) => paths.has(path));
    };
    await this.#wait(isTold, `${id}: ${expected}`);
    return this.take(id);
  }

  /** All that was told of a watch so far; forgets it. */
  take(id: string): string[] {
    const paths = this.#of(id).flatMap((one) => one.changedPaths);
    const kept = this.told.filter((one) => one.watchId !== id);
    this.told.splice(0, this.told.length, ...kept);
    return [...new Set(paths)].sort().map((path) =>
      path === this.path ? "" : path.slice(this.path.length + 1)
    );
  }

  /** What the next notification says. */
  async next(id: string): Promise<FsChangedNotification> {
    await this.#wait(() => this.#of(id).length > 0, id);
    const first = this.#of(id)[0]!;
    this.told.splice(this.told.indexOf(first), 1);
    return first;
  }

  /** Writes a file that another watch tells, so that all before it was told. */
  async settle(): Promise<void> {
    const name = `settled-${crypto.randomUUID()}`;
    const path = `${this.#above}/${name}`;
    await this.watches.add(name, path, await Access.create({}));
    await Deno.writeTextFile(path, "");
    await this.#wait(() => this.#of(name).length > 0, name);
    this.watches.remove(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watches[Symbol.asyncDispose]();
    await Deno.remove(this.#above, { recursive: true });
  }

  get #above(): string {
    return this.path.slice(0, this.path.lastIndexOf("/"));
  }

  #full(name: string): string {
    return name === "" ? this.path : `${this.path}/${name}`;
  }

  #of(id: string): FsChangedNotification[] {
    return this.told.filter(({ watchId }) => watchId === id);
  }

  async #wait(isDone: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (!isDone()) {
      const left = deadline - performance.now();
      if (left <= 0) {
        const told = JSON.stringify(this.told).slice(0, 1000);
        assert.fail(`Not told: ${what.slice(0, 100)}; told: ${told}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, left);
      this.#waiting = resolve;
      await promise;
      clearTimeout(timer);
    }
  }
}

async function write(stage: Stage, name: string, text = "x"): Promise<void> {
  await Deno.writeTextFile(`${stage.path}/${name}`, text);
}

async function mkdir(stage: Stage, name: string): Promise<void> {
  await Deno.mkdir(`${stage.path}/${name}`, { recursive: true });
}

async function rename(stage: Stage, from: string, to: string): Promise<void> {
  await Deno.rename(`${stage.path}/${from}`, `${stage.path}/${to}`);
}

async function remove(stage: Stage, name: string): Promise<void> {
  await Deno.remove(`${stage.path}/${name}`, { recursive: true });
}

/** Watches of the system that this process holds. */
async function systemWatches(): Promise<number> {
  let count = 0;
  for await (const { name } of Deno.readDir("/proc/self/fdinfo")) {
    const text = await Deno.readTextFile(`/proc/self/fdinfo/${name}`)
      .catch(() => "");
    count += text.match(/^inotify wd/gm)?.length ?? 0;
  }
  return count;
}

Deno.test("watch of a directory tells its direct children in one sorted batch", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "dir/sub");
  await stage.watch("w", "dir");
  fill(stage.path);
  const { changedPaths } = await stage.next("w");
  assert.deepEqual(
    changedPaths,
    ["a", "b", "c", "made"].map((name) => `${stage.path}/dir/${name}`),
  );
  await stage.settle();
  assert.deepEqual(stage.take("w"), []);
});

Deno.test("watch tells renames, removals, links and changes of mode and time, not reads", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "dir");
  for (const name of ["a", "b", "c", "d"]) await write(stage, `dir/${name}`);
  await stage.watch("w", "dir");
  const dir = `${stage.path}/dir`;
  await Deno.readTextFile(`${dir}/a`);
  await Array.fromAsync(Deno.readDir(dir));
  await stage.settle();
  assert.deepEqual(stage.take("w"), []);
  await rename(stage, "dir/a", "dir/z");
  assert.deepEqual(await stage.until("w", "dir/a", "dir/z"), [
    "dir/a",
    "dir/z",
  ]);
  await Deno.chmod(`${dir}/b`, 0o600);
  await Deno.utime(`${dir}/c`, 1, 1);
  await remove(stage, "dir/d");
  await Deno.symlink("nowhere", `${dir}/link`);
  const all = ["dir/b", "dir/c", "dir/d", "dir/link"];
  assert.deepEqual(await stage.until("w", ...all), all);
  await rename(stage, "dir/b", "out");
  assert.deepEqual(await stage.until("w", "dir/b"), ["dir/b"]);
  await rename(stage, "out", "dir/in");
  assert.deepEqual(await stage.until("w", "dir/in"), ["dir/in"]);
});

Deno.test("watch of a directory tells its own end and goes on with its successor", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "dir");
  await write(stage, "dir/a");
  await stage.watch("w", "dir");
  await Deno.chmod(`${stage.path}/dir`, 0o700);
  assert.deepEqual(await stage.until("w", "dir"), ["dir"]);
  for (let round = 0; round < 3; round++) {
    await remove(stage, "dir");
    await stage.until("w", "dir");
    await mkdir(stage, "dir");
    await write(stage, "dir/a");
    await stage.until("w", "dir", "dir/a");
    await stage.settle();
    stage.take("w");
    await write(stage, "dir/later");
    assert.deepEqual(await stage.until("w", "dir/later"), ["dir/later"]);
    await remove(stage, "dir/later");
    await stage.until("w", "dir/later");
  }
});

Deno.test("watch of a directory follows one that is renamed away and another in its place", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "dir");
  await mkdir(stage, "other");
  await stage.watch("w", "dir");
  await rename(stage, "dir", "old");
  await rename(stage, "other", "dir");
  await stage.until("w", "dir");
  await stage.settle();
  stage.take("w");
  await write(stage, "old/ignored");
  await write(stage, "dir/seen");
  assert.deepEqual(await stage.until("w", "dir/seen"), ["dir/seen"]);
});

Deno.test("watch of a file tells that file alone, through removal and replacement", async () => {
  await using stage = await Stage.create();
  await write(stage, "file");
  await stage.watch("w", "file");
  await write(stage, "sibling");
  await write(stage, "file", "1");
  assert.deepEqual(await stage.until("w", "file"), ["file"]);
  await remove(stage, "file");
  assert.deepEqual(await stage.until("w", "file"), ["file"]);
  await write(stage, "file", "2");
  assert.deepEqual(await stage.until("w", "file"), ["file"]);
  for (let round = 0; round < 3; round++) {
    await write(stage, "other", `${round}`);
    await rename(stage, "other", "file");
    assert.deepEqual(await stage.until("w", "file"), ["file"]);
    await write(stage, "file", `in place ${round}`);
    assert.deepEqual(await stage.until("w", "file"), ["file"]);
  }
});

Deno.test("watch of what is missing waits for it, with missing parents too", async () => {
  await using stage = await Stage.create();
  await stage.watch("file", "file");
  await stage.watch("deep", "a/b/c");
  await stage.watch("dir", "p/q");
  await write(stage, "file");
  assert.deepEqual(await stage.until("file", "file"), ["file"]);
  await mkdir(stage, "a");
  await stage.settle();
  await mkdir(stage, "a/b");
  await stage.settle();
  assert.deepEqual(stage.take("deep"), []);
  await write(stage, "a/b/c");
  assert.deepEqual(await stage.until("deep", "a/b/c"), ["a/b/c"]);
  await mkdir(stage, "p/q");
  await write(stage, "p/q/at-once");
  await stage.until("dir", "p/q", "p/q/at-once");
  await stage.settle();
  stage.take("dir");
  await write(stage, "p/q/later");
  assert.deepEqual(await stage.until("dir", "p/q/later"), ["p/q/later"]);
  await remove(stage, "a");
  assert.deepEqual(await stage.until("deep", "a/b/c"), ["a/b/c"]);
  await mkdir(stage, "a/b");
  await write(stage, "a/b/c");
  assert.deepEqual(await stage.until("deep", "a/b/c"), ["a/b/c"]);
});

Deno.test("watch through a link tells paths as they were named", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "real/dir");
  await write(stage, "real/file");
  await Deno.symlink("real", `${stage.path}/link`);
  await Deno.symlink("real/file", `${stage.path}/to-file`);
  await stage.watch("dir", "link/dir");
  await stage.watch("self", "link");
  await stage.watch("real", "real");
  await stage.watch("file", "to-file");
  await write(stage, "real/dir/a");
  assert.deepEqual(await stage.until("dir", "link/dir/a"), ["link/dir/a"]);
  await write(stage, "real/file", "changed");
  assert.deepEqual(await stage.until("self", "link/file"), ["link/file"]);
  assert.deepEqual(await stage.until("real", "real/file"), ["real/file"]);
  assert.deepEqual(await stage.until("file", "to-file"), ["to-file"]);
  await write(stage, "second");
  await remove(stage, "to-file");
  await Deno.symlink("second", `${stage.path}/to-file`);
  await stage.until("file", "to-file");
  await stage.settle();
  stage.take("file");
  await write(stage, "second", "changed");
  assert.deepEqual(await stage.until("file", "to-file"), ["to-file"]);
});

Deno.test("watch ids are unique while they are in use", async () => {
  await using stage = await Stage.create();
  await stage.watch("w", "");
  await stage.watch("", "");
  await assert.rejects(stage.watch("w", "other"), {
    name: "RpcError",
    code: -32600,
    message: "watchId already exists: w",
  });
  await write(stage, "a");
  assert.deepEqual(await stage.until("w", "a"), ["a"]);
  assert.deepEqual(await stage.until("", "a"), ["a"]);
  stage.watches.remove("w");
  stage.watches.remove("w");
  stage.watches.remove("unknown");
  await write(stage, "b");
  await stage.until("", "b");
  await stage.settle();
  assert.deepEqual(stage.take("w"), []);
  await stage.watch("w", "");
  await write(stage, "c");
  assert.deepEqual(await stage.until("w", "c"), ["c"]);
});

Deno.test("watch ids are refused while they are being started", async () => {
  await using stage = await Stage.create();
  const results = await Promise.allSettled([
    stage.watch("w", ""),
    stage.watch("w", ""),
  ]);
  assert.deepEqual(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
  ]);
});

Deno.test("watch of one client goes on when another ends one on the same path", async () => {
  await using one = await Stage.create();
  const other = new Watches({ isGangway: false, notify: () => {} });
  await mkdir(one, "dir");
  await one.watch("w", "dir");
  await other.add("w", `${one.path}/dir`, one.access);
  await other.add("deep", one.path, one.access, { recursive: true });
  await write(one, "dir/a");
  await one.until("w", "dir/a");
  await other[Symbol.asyncDispose]();
  await write(one, "dir/b");
  assert.deepEqual(await one.until("w", "dir/b"), ["dir/b"]);
});

Deno.test("watch of two clients goes on with a directory that is made anew", async () => {
  await using one = await Stage.create();
  await mkdir(one, "dir");
  const told: string[] = [];
  await using other = new Watches({
    isGangway: false,
    notify: ({ changedPaths }) => void told.push(...changedPaths),
  });
  await one.watch("w", "dir");
  await other.add("w", `${one.path}/dir`, one.access);
  await remove(one, "dir");
  await one.until("w", "dir");
  await mkdir(one, "dir");
  await one.until("w", "dir");
  await one.settle();
  await write(one, "dir/a");
  await one.until("w", "dir/a");
  await one.settle();
  assert.ok(told.includes(`${one.path}/dir/a`));
});

testAlone({
  module: import.meta.url,
  name: "Watches lets go of everything when it is disposed",
}, async () => {
  const before = await systemWatches();
  {
    await using stage = await Stage.create();
    await mkdir(stage, "a/b/c");
    await stage.watch("1", "a", { recursive: true });
    await stage.watch("2", "a/b");
    await stage.watch("3", "missing/file");
    assert.ok(await systemWatches() > before);
    stage.watches.remove("2");
    await write(stage, "a/b/c/file");
    await stage.until("1", "a/b/c/file");
    await stage.watches[Symbol.asyncDispose]();
    await stage.watches[Symbol.asyncDispose]();
  }
  assert.equal(await systemWatches(), before);
});

testAlone({
  module: import.meta.url,
  name: "Watches that is disposed while a watch starts keeps nothing",
}, async () => {
  const before = await systemWatches();
  await using stage = await Stage.create();
  const starting = stage.watch("w", "");
  await stage.watches[Symbol.asyncDispose]();
  await starting;
  // The system gives up watches on a thread of its own.
  await until("nothing is kept", async () => await systemWatches() === before);
});

Deno.test("watch does not tell the temporary files of our own writes", async () => {
  await using stage = await Stage.create({ isGangway: true });
  const files = new Files(stage.access);
  const bytes = new TextEncoder().encode("x");
  await stage.watch("w", "");
  await files.writeFile(`${stage.path}/new`, bytes);
  assert.deepEqual((await stage.next("w")).changes, [
    { path: `${stage.path}/new`, kind: "created" },
  ]);
  await files.writeFile(`${stage.path}/new`, bytes);
  assert.deepEqual((await stage.next("w")).changes, [
    { path: `${stage.path}/new`, kind: "modified" },
  ]);
  await files.writeFile(`${stage.path}/exclusive`, bytes, { ifMatch: "" });
  assert.deepEqual((await stage.next("w")).changes, [
    { path: `${stage.path}/exclusive`, kind: "created" },
  ]);
});

Deno.test("watch tells kinds to clients that know them, and only to them", async () => {
  for (const isGangway of [true, false]) {
    await using stage = await Stage.create({ isGangway });
    for (const name of ["kept", "gone", "moved"]) await write(stage, name);
    await stage.watch("w", "");
    stir(stage.path);
    const told = await stage.next("w");
    const kinds = {
      born: "created",
      gone: "removed",
      "gone-again": "removed",
      kept: "modified",
      moved: "removed",
      there: "created",
    };
    const changes = Object.entries(kinds).map(([name, kind]) => ({
      path: `${stage.path}/${name}`,
      kind,
    }));
    assert.deepEqual(told, {
      watchId: "w",
      changedPaths: changes.map(({ path }) => path),
      ...isGangway ? { changes } : {},
    });
  }
});

Deno.test("recursive watch tells changes at any depth", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "a/b/c");
  await stage.watch("w", "", { recursive: true });
  await write(stage, "a/b/c/file");
  await write(stage, "top");
  assert.deepEqual(await stage.until("w", "a/b/c/file", "top"), [
    "a/b/c/file",
    "top",
  ]);
});

Deno.test("recursive watch loses nothing of trees that are made at once", async () => {
  await using stage = await Stage.create();
  await stage.watch("w", "", { recursive: true });
  await mkdir(stage, "n1/n2/n3/n4");
  await write(stage, "n1/n2/n3/n4/file");
  await write(stage, "n1/n2/file");
  const all = [
    "n1",
    "n1/n2",
    "n1/n2/file",
    "n1/n2/n3",
    "n1/n2/n3/n4",
    "n1/n2/n3/n4/file",
  ];
  assert.deepEqual(await stage.until("w", ...all), all);
  await stage.settle();
  stage.take("w");
  await write(stage, "n1/n2/n3/n4/later");
  assert.deepEqual(await stage.until("w", "n1/n2/n3/n4/later"), [
    "n1/n2/n3/n4/later",
  ]);
});

Deno.test("recursive watch follows trees that are moved, removed and made anew", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "in/a/b");
  await mkdir(stage, "outside/x/y");
  await stage.watch("w", "in", { recursive: true });
  await rename(stage, "in/a", "in/z");
  await stage.until("w", "in/a", "in/z");
  await stage.settle();
  stage.take("w");
  await write(stage, "in/z/b/file");
  assert.deepEqual(await stage.until("w", "in/z/b/file"), ["in/z/b/file"]);
  await rename(stage, "outside/x", "in/x");
  await stage.until("w", "in/x", "in/x/y");
  await stage.settle();
  stage.take("w");
  await write(stage, "in/x/y/file");
  assert.deepEqual(await stage.until("w", "in/x/y/file"), ["in/x/y/file"]);
  await rename(stage, "in/x", "outside/x");
  await stage.until("w", "in/x");
  await stage.settle();
  stage.take("w");
  await write(stage, "outside/x/y/file", "unseen");
  await stage.settle();
  assert.deepEqual(stage.take("w"), []);
  for (let round = 0; round < 3; round++) {
    await remove(stage, "in/z");
    await stage.until("w", "in/z");
    await mkdir(stage, "in/z/b");
    await stage.until("w", "in/z", "in/z/b");
    await stage.settle();
    stage.take("w");
    await write(stage, "in/z/b/file");
    assert.deepEqual(await stage.until("w", "in/z/b/file"), ["in/z/b/file"]);
  }
});

Deno.test("recursive watch does not follow links", async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "in");
  await mkdir(stage, "out");
  await Deno.symlink("../out", `${stage.path}/in/link`);
  await Deno.symlink("..", `${stage.path}/in/loop`);
  await stage.watch("w", "in", { recursive: true });
  await write(stage, "out/file");
  await stage.settle();
  assert.deepEqual(stage.take("w"), []);
});

testAlone({
  module: import.meta.url,
  name: "recursive watch leaves out what globs ignore",
}, async () => {
  await using stage = await Stage.create();
  await mkdir(stage, "node_modules/p");
  await mkdir(stage, "src/build");
  await mkdir(stage, ".git");
  const before = await systemWatches();
  await stage.watch("w", "", {
    recursive: true,
    ignore: ["node_modules/**", ".git", "**/*.log", "**/build"],
  });
  // The directory itself, `src`, the one above and the root: nothing is watched
  // that would not be told.
  assert.equal(await systemWatches() - before, 4);
  await write(stage, "node_modules/p/file");
  await write(stage, ".git/HEAD");
  await write(stage, "src/build/out");
  await write(stage, "src/x.log");
  await mkdir(stage, "node_modules/q");
  await write(stage, "src/seen");
  assert.deepEqual(await stage.until("w", "src/seen"), ["src/seen"]);
});

Deno.test("watch ignores globs without recursive too", async () => {
  await using stage = await Stage.create();
  await stage.watch("w", "", { ignore: ["*.log"] });
  await write(stage, "a.log");
  await write(stage, "b");
  assert.deepEqual(await stage.until("w", "b"), ["b"]);
});

Deno.test("watch keeps to the rules", async () => {
  await using stage = await Stage.create({
    rules: (path) => ({
      allowRead: [`${path}/in`],
      denyRead: [`${path}/in/secret`],
    }),
  });
  await mkdir(stage, "in/open");
  await mkdir(stage, "in/secret");
  await mkdir(stage, "out");
  await Deno.symlink("../out", `${stage.path}/in/link`);
  for (const name of ["", "out", "in/link", "in/secret", "in/link/new"]) {
    await assert.rejects(stage.watch("w", name), { name: "AccessDenied" });
  }
  await stage.watch("w", "in", { recursive: true });
  await write(stage, "in/secret/file");
  await write(stage, "in/open/file");
  assert.deepEqual(await stage.until("w", "in/open/file"), ["in/open/file"]);
  // A path that turns into a way out is not followed.
  await stage.watch("later", "in/later");
  await Deno.symlink("../out", `${stage.path}/in/later`);
  await stage.until("later", "in/later");
  await write(stage, "out/file");
  await stage.settle();
  assert.deepEqual(stage.take("later"), []);
});

Deno.test("watch tells an overflow when changes come faster than the system hands them out", async () => {
  await using stage = await Stage.create({ isGangway: true });
  await stage.watch("w", "");
  // Nobody listens meanwhile: what does not fit into the system's queue is lost.
  flood(stage.path, 5_000);
  const all = new Set<string>();
  let isOver = false;
  while (!isOver) {
    const { changedPaths, overflow } = await stage.next("w");
    for (const path of changedPaths) all.add(path);
    isOver = overflow === true;
  }
  assert.ok(all.has(stage.path));
  await write(stage, "after");
  await stage.until("w", "after");
});

Deno.test("watch without the extensions tells the children that changed when the system lost some", async () => {
  await using stage = await Stage.create();
  await stage.watch("w", "");
  flood(stage.path, 3_000);
  // Whether some are lost is up to the system; all are told in any case.
  const names = Array.from({ length: 3_000 }, (_, at) => `f${at}`);
  await stage.until("w", ...names);
});

Deno.test("watch tells an overflow instead of more than ten thousand paths", async () => {
  await using stage = await Stage.create({ isGangway: true });
  await mkdir(stage, "dir");
  await stage.watch("w", "later");
  await stage.watch("all", "", { recursive: true });
  flood(`${stage.path}/dir`, 10_500);
  await rename(stage, "dir", "later");
  const seen: FsChangedNotification[] = [];
  do seen.push(await stage.next("w")); while (!seen.at(-1)!.overflow);
  assert.deepEqual(seen.at(-1), {
    watchId: "w",
    changedPaths: [`${stage.path}/later`],
    changes: [{ path: `${stage.path}/later`, kind: "modified" }],
    overflow: true,
  });
});

// However busy the machine is, nothing of these is told before all is done.

/** Makes entries of a directory, below it and beside it. */
function fill(path: string): void {
  Deno.mkdirSync(`${path}/dir/made`);
  for (const name of ["dir/b", "dir/a", "dir/c", "dir/sub/deep", "beside"]) {
    Deno.writeTextFileSync(`${path}/${name}`, "x");
  }
}

/** Changes files in all ways. */
function stir(path: string): void {
  Deno.writeTextFileSync(`${path}/born`, "1");
  Deno.writeTextFileSync(`${path}/born`, "2");
  Deno.writeTextFileSync(`${path}/kept`, "changed");
  Deno.removeSync(`${path}/gone`);
  Deno.writeTextFileSync(`${path}/gone-again`, "x");
  Deno.removeSync(`${path}/gone-again`);
  Deno.renameSync(`${path}/moved`, `${path}/there`);
}

/** Creates files without letting anything else run. */
function flood(path: string, count: number): void {
  for (let at = 0; at < count; at++) {
    Deno.writeTextFileSync(`${path}/f${at}`, "");
  }
}

Deno.test("joinChanges() tells all paths of both once, with what became of them", () => {
  const toTold = (changes: FsChange[]): FsChangedNotification => ({
    watchId: "w",
    changedPaths: changes.map(({ path }) => path),
    changes,
  });
  assert.deepEqual(
    joinChanges(
      toTold([
        { path: "/d/a", kind: "created" },
        { path: "/d/b", kind: "removed" },
        { path: "/d/c", kind: "created" },
        { path: "/d/e", kind: "modified" },
      ]),
      toTold([
        { path: "/d/0", kind: "created" },
        { path: "/d/a", kind: "modified" },
        { path: "/d/b", kind: "created" },
        { path: "/d/c", kind: "removed" },
      ]),
      "/d",
    ),
    toTold([
      { path: "/d/0", kind: "created" },
      { path: "/d/a", kind: "created" },
      { path: "/d/b", kind: "modified" },
      { path: "/d/c", kind: "removed" },
      { path: "/d/e", kind: "modified" },
    ]),
  );
});

Deno.test("joinChanges() keeps an overflow, and makes one of too many paths", () => {
  const told = (from: number, count: number): FsChangedNotification => ({
    watchId: "w",
    changedPaths: Array.from({ length: count }, (_, at) => `/d/${from + at}`),
  });
  const modified = { path: "/d", kind: "modified" as const };
  assert.deepEqual(joinChanges(told(0, 6_000), told(6_000, 6_000), "/d"), {
    watchId: "w",
    changedPaths: ["/d"],
  });
  assert.deepEqual(
    joinChanges(
      { ...told(0, 6_000), changes: [] },
      { ...told(6_000, 6_000), changes: [] },
      "/d",
    ),
    {
      watchId: "w",
      changedPaths: ["/d"],
      changes: [modified],
      overflow: true,
    },
  );
  const over = { watchId: "w", changedPaths: ["/d"], changes: [modified] };
  assert.deepEqual(joinChanges({ ...over, overflow: true }, over, "/d"), {
    ...over,
    overflow: true,
  });
});
