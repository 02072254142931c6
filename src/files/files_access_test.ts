import assert from "node:assert/strict";
import fc from "fast-check";
import { Access, AccessDenied, type AccessRules } from "../access/mod.ts";
import { Files } from "./mod.ts";

/**
 * Random trees under random rules. What is right is found out by other means
 * than the rules' own: the kernel says where a path leads, and the whole tree is
 * compared before and after each operation.
 */

const MAX_STEPS = 4;

/**
 * How far below its scratch directory a tree stands. These tests write and
 * remove at random, and what they test may be broken: even so nothing may climb
 * out. The system follows 40 links in a path, each climbs one directory at
 * most, and the path itself a few.
 */
const DEPTH = 40 + 2 * MAX_STEPS;

const names = ["a", "b", "c"];
const name = fc.constantFrom(...names);

/** A path that a client names. */
const steps = fc.array(fc.constantFrom(...names, "..", "."), {
  minLength: 1,
  maxLength: MAX_STEPS,
});

/** A link's text. It climbs one directory at most. */
const text = fc.tuple(
  fc.array(fc.constantFrom(...names, "."), { minLength: 1, maxLength: 3 }),
  fc.option(fc.nat(2), { nil: undefined }),
).map(([steps, at]) => at === undefined ? steps : steps.toSpliced(at, 0, ".."));

type Node =
  | { kind: "directory"; path: string[] }
  | { kind: "file"; path: string[] }
  | { kind: "link"; path: string[]; target: string[]; isAbsolute: boolean };

const place = fc.array(name, { minLength: 1, maxLength: 3 });

const node: fc.Arbitrary<Node> = fc.oneof(
  fc.record({ kind: fc.constant("directory" as const), path: place }),
  fc.record({ kind: fc.constant("file" as const), path: place }),
  fc.record({
    kind: fc.constant("link" as const),
    path: place,
    target: text,
    isAbsolute: fc.boolean(),
  }),
);

const world = fc.record({
  nodes: fc.array(node, { minLength: 6, maxLength: 24 }),
  allow: fc.array(steps, { minLength: 1, maxLength: 2 }),
  deny: fc.option(steps, { nil: undefined }),
  paths: fc.array(steps, { minLength: 4, maxLength: 8 }),
});

/** Puts a random tree on disk; what does not fit is left out. */
async function build(root: string, nodes: readonly Node[]): Promise<void> {
  for (const [at, node] of nodes.entries()) {
    const path = `${root}/${node.path.join("/")}`;
    try {
      if (node.kind === "directory") await Deno.mkdir(path);
      else if (node.kind === "file") {
        await Deno.writeTextFile(path, `file ${at}`, { createNew: true });
      } else {
        const text = node.target.join("/");
        await Deno.symlink(node.isAbsolute ? `${root}/${text}` : text, path);
      }
    } catch {
      // No such parent, or something is there.
    }
  }
}

/** Where a path leads, as the kernel sees it; nothing for a loop. */
function realpath(path: string, depth = 0): string | undefined {
  if (depth > 4 * DEPTH) return undefined;
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.FilesystemLoop) return undefined;
  }
  // Not all of it is there: the kernel is asked for what stands before.
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  const above = realpath(path.slice(0, slash) || "/", depth + 1);
  if (above === undefined || name === "" || name === ".") return above;
  if (name === "..") return above.slice(0, above.lastIndexOf("/")) || "/";
  let target: string;
  try {
    target = Deno.readLinkSync(`${above}/${name}`);
  } catch {
    return `${above}/${name}`;
  }
  const isAbsolute = target.startsWith("/");
  return realpath(isAbsolute ? target : `${above}/${target}`, depth + 1);
}

/** Everything in a tree by its real place. */
function snapshot(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string) => {
    for (const { name } of Deno.readDirSync(path)) {
      const child = `${path}/${name}`;
      const info = Deno.lstatSync(child);
      if (info.isDirectory) visit(child);
      found.set(
        child,
        info.isSymlink
          ? `-> ${Deno.readLinkSync(child)}`
          : info.isFile
          ? Deno.readTextFileSync(child)
          : "directory",
      );
    }
  };
  visit(root);
  return found;
}

function changesBetween(
  before: Map<string, string>,
  after: Map<string, string>,
): string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((path) => before.get(path) !== after.get(path));
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root === "/" ? "" : root}/`);
}

/** Without `.` and `..`, as paths of clients are. */
function toPath(root: string, steps: readonly string[]): string {
  return new URL(`file://${root}/${steps.join("/")}`).pathname
    .replace(/(?<=.)\/$/, "");
}

interface Judge {
  readonly rules: { allow: string[]; deny?: string[] };
  /** Whether the rules let one touch a real place. */
  isAllowed(real: string): boolean;
}

function judgeOf(
  root: string,
  allow: readonly string[][],
  deny: readonly string[] | undefined,
): Judge | undefined {
  const allowed = allow.map((steps) => toPath(root, steps));
  const denied = deny === undefined ? [] : [toPath(root, deny)];
  const roots = allowed.map((path) => realpath(path));
  const dens: (string | undefined)[] = [];
  for (const path of denied) {
    const above = realpath(path.slice(0, path.lastIndexOf("/")) || "/");
    dens.push(
      realpath(path),
      above && `${above}/${path.split("/").at(-1)}`,
    );
  }
  // Rules about loops are judged by hand in the tests of Access.
  if ([...roots, ...dens].includes(undefined)) return undefined;
  // What deny covers is what a link leads to at the start; here nothing that
  // it leads to comes into being later.
  return {
    rules: { allow: allowed, ...denied.length > 0 ? { deny: denied } : {} },
    isAllowed: (real) =>
      roots.some((one) => isWithin(one!, real)) &&
      !dens.some((one) => isWithin(one!, real)),
  };
}

async function withWorld(
  { nodes, allow, deny, paths }: {
    nodes: Node[];
    allow: string[][];
    deny: string[] | undefined;
    paths: string[][];
  },
  kind: "Read" | "Write",
  check: (
    files: Files,
    judge: Judge,
    paths: string[],
    root: string,
  ) => Promise<void>,
): Promise<void> {
  const base = await Deno.realPath(await Deno.makeTempDir());
  const root = `${base}${"/d".repeat(DEPTH)}`;
  await Deno.mkdir(root, { recursive: true });
  try {
    await build(root, nodes);
    const judge = judgeOf(root, allow, deny);
    fc.pre(judge !== undefined);
    const rules: AccessRules = {
      [`allow${kind}`]: judge!.rules.allow,
      ...judge!.rules.deny ? { [`deny${kind}`]: judge!.rules.deny } : {},
    };
    const files = new Files(await Access.create(rules));
    await check(files, judge!, paths.map((steps) => toPath(root, steps)), base);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

type Outcome = { value: unknown } | { error: Error };

async function attempt(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: error as Error };
  }
}

const isDenied = (outcome: Outcome) =>
  "error" in outcome && outcome.error instanceof AccessDenied;

const runs = { numRuns: 25 };

Deno.test("Files reads nothing outside and everything inside, whatever the links", async () => {
  const free = new Files(await Access.create({}));
  const looks = (files: Files, path: string) => [
    async () => (await files.readFile(path)).content,
    async () => {
      const { isDirectory, isFile, size } = await files.getMetadata(path);
      return { isDirectory, isFile, size };
    },
    async () => (await files.readDirectory(path)).length >= 0,
  ];
  await fc.assert(
    fc.asyncProperty(
      world,
      (one) =>
        withWorld(one, "Read", async (files, judge, paths) => {
          for (const path of paths) {
            const real = realpath(path);
            const freely = looks(free, path);
            for (const [at, look] of looks(files, path).entries()) {
              const outcome = await attempt(look);
              if (real === undefined) {
                assert.ok("error" in outcome, path);
                continue;
              }
              assert.equal(isDenied(outcome), !judge.isAllowed(real), path);
              if (isDenied(outcome)) continue;
              const expected = await attempt(freely[at]!);
              if ("value" in expected) assert.deepEqual(outcome, expected);
              else assert.ok("error" in outcome, path);
            }
          }
        }),
    ),
    runs,
  );
});

Deno.test("readDirectory lists no link that leads outside", async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      (one) =>
        withWorld(one, "Read", async (files, judge, paths) => {
          for (const path of paths) {
            const outcome = await attempt(() => files.readDirectory(path));
            if ("error" in outcome) continue;
            const real = await Deno.realPath(path);
            for (
              const { fileName } of outcome.value as { fileName: string }[]
            ) {
              const child = `${real}/${fileName}`;
              if (!(await Deno.lstat(child)).isSymlink) continue;
              assert.ok(judge.isAllowed(await Deno.realPath(child)), child);
            }
          }
        }),
    ),
    runs,
  );
});

Deno.test("Files writes nothing outside and everything inside, whatever the links", async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      (one) =>
        withWorld(one, "Write", async (files, judge, paths, root) => {
          for (const [at, path] of paths.entries()) {
            const real = realpath(path);
            const before = snapshot(root);
            const bytes = new TextEncoder().encode(`written ${at}`);
            const outcome = await attempt(() => files.writeFile(path, bytes));
            const changes = changesBetween(before, snapshot(root));
            if (real === undefined || !judge.isAllowed(real)) {
              assert.ok(real === undefined || isDenied(outcome), path);
              assert.deepEqual(changes, [], path);
              continue;
            }
            assert.equal(isDenied(outcome), false, path);
            if ("value" in outcome) {
              assert.deepEqual(changes, [real], path);
              continue;
            }
            // Whatever stopped it stops everyone.
            assert.deepEqual(changes, [], path);
            await assert.rejects(
              Deno.open(path, { write: true, create: true }),
              path,
            );
          }
        }),
    ),
    runs,
  );
});

Deno.test("Files changes nothing outside by other means", async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(
        fc.constantFrom("remove", "createDirectory", "copyFrom", "copyTo"),
        { minLength: 8, maxLength: 8 },
      ),
      (one, kinds) =>
        withWorld(one, "Write", async (files, judge, paths, root) => {
          for (const [at, path] of paths.entries()) {
            const other = paths[(at + 1) % paths.length]!;
            const before = snapshot(root);
            await attempt(() => {
              switch (kinds[at]) {
                case "remove":
                  return files.remove(path);
                case "createDirectory":
                  return files.createDirectory(path);
                case "copyFrom":
                  return files.copy(path, other, { recursive: true });
                default:
                  return files.copy(other, path, { recursive: true });
              }
            });
            for (const change of changesBetween(before, snapshot(root))) {
              assert.ok(judge.isAllowed(change), `${kinds[at]} ${path}`);
            }
          }
        }),
    ),
    runs,
  );
});

Deno.test("copy brings nothing from outside in", async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      (one) =>
        withWorld(one, "Read", async (files, judge, paths, root) => {
          const before = snapshot(root);
          const outside = [...before].filter(([path, text]) =>
            text.startsWith("file ") && !judge.isAllowed(path)
          ).map(([, text]) => text);
          const target = `${root}/target`;
          for (const path of paths) {
            await attempt(() => files.copy(path, target, { recursive: true }));
          }
          for (const [path, text] of snapshot(root)) {
            if (before.has(path)) continue;
            assert.ok(!outside.includes(text), path);
          }
        }),
    ),
    runs,
  );
});

Deno.test("copy refuses a tree that holds a denied path", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/from/secret`, { recursive: true });
    await Deno.writeTextFile(`${root}/from/secret/key`, "key");
    const files = new Files(
      await Access.create({ denyRead: [`${root}/from/secret`] }),
    );
    await assert.rejects(
      files.copy(`${root}/from`, `${root}/to`, { recursive: true }),
      AccessDenied,
    );
    assert.ok(!snapshot(root).has(`${root}/to`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("remove refuses a tree that holds a denied path, and removes nothing of it", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/tree/kept`, { recursive: true });
    await Deno.writeTextFile(`${root}/tree/file`, "");
    const files = new Files(
      await Access.create({ denyWrite: [`${root}/tree/kept`] }),
    );
    const before = snapshot(root);
    await assert.rejects(files.remove(`${root}/tree`), AccessDenied);
    assert.deepEqual(changesBetween(before, snapshot(root)), []);
    await files.remove(`${root}/tree/file`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("writeFile makes nothing beside a file that alone may be written", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const file = `${root}/file`;
    await Deno.writeTextFile(file, "before");
    const { ino } = await Deno.stat(file);
    const files = new Files(await Access.create({ allowWrite: [file] }));
    const seen: string[] = [];
    const watcher = Deno.watchFs(root);
    const watching = (async () => {
      for await (const { paths } of watcher) seen.push(...paths);
    })();
    await files.writeFile(file, new TextEncoder().encode("after"));
    watcher.close();
    await watching;
    assert.equal(await Deno.readTextFile(file), "after");
    assert.equal((await Deno.stat(file)).ino, ino);
    assert.deepEqual(seen.filter((path) => path !== file), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
