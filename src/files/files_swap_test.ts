/**
 * What happens when somebody swaps a directory for a link right before a call
 * of the system, after everything was checked.
 */
import assert from "node:assert/strict";
import { Access, AccessDenied } from "../access/mod.ts";
import { Files } from "./mod.ts";

type Call =
  | "copyFile"
  | "lstat"
  | "mkdir"
  | "open"
  | "readDir"
  | "readLink"
  | "remove"
  | "rename"
  | "stat"
  | "symlink";

interface World {
  readonly files: Files;
  /** The directory that clients may touch. */
  readonly inside: string;
  /** Names and contents of what lies outside. */
  outside(): Promise<Record<string, string>>;
  /** Makes the next call of that kind swap `inside/d` first. */
  swapBefore(call: Call): Disposable;
}

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const inside = `${root}/inside`;
  try {
    for (const directory of [`${inside}/d/sub`, `${root}/outside/sub`]) {
      await Deno.mkdir(directory, { recursive: true });
    }
    await Deno.writeTextFile(`${inside}/d/file`, "inside");
    await Deno.writeTextFile(`${inside}/d-source`, "source");
    await Deno.writeTextFile(`${root}/outside/file`, "secret");
    await Deno.writeTextFile(`${root}/outside/sub/known`, "secret");
    await Deno.writeTextFile(`${root}/outside/known`, "");
    await Deno.symlink("here", `${inside}/d/link`);
    await Deno.symlink("secret", `${root}/outside/link`);
    const rules = { allowRead: [inside], allowWrite: [inside] };
    await work({
      files: new Files(await Access.create(rules)),
      inside,
      async outside() {
        const found: Record<string, string> = {};
        for await (const { name, isFile } of Deno.readDir(`${root}/outside`)) {
          found[name] = isFile
            ? await Deno.readTextFile(`${root}/outside/${name}`)
            : "";
        }
        return found;
      },
      swapBefore(call) {
        const own = Deno[call] as (...args: unknown[]) => unknown;
        const restore = () => Object.assign(Deno, { [call]: own });
        const swapped = (...args: unknown[]) => {
          restore();
          Deno.renameSync(`${inside}/d`, `${inside}/old`);
          Deno.symlinkSync(`${root}/outside`, `${inside}/d`);
          return own.apply(Deno, args);
        };
        Object.assign(Deno, { [call]: swapped });
        return { [Symbol.dispose]: restore };
      },
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What an operation gives, as text; refusals too. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    const value = await work;
    return JSON.stringify(
      value,
      (_, part) => part instanceof Uint8Array ? [...part].join() : part,
    ) ?? "";
  } catch (error) {
    return String(error);
  }
}

const secret = [...new TextEncoder().encode("secret")].join();
const untouched = { file: "secret", known: "", sub: "", link: "" };
const options = { ignore: Deno.build.os !== "linux" };

const operations: [
  name: string,
  calls: Call[],
  run: (files: Files, directory: string) => Promise<unknown>,
][] = [
  ["readFile", ["stat", "open"], (files, d) => files.readFile(`${d}/file`)],
  ["getMetadata", ["stat"], (files, d) => files.getMetadata(`${d}/file`)],
  ["readDirectory", ["readDir"], (files, d) => files.readDirectory(d)],
  [
    "writeFile",
    ["open", "rename"],
    (files, d) => files.writeFile(`${d}/file`, new Uint8Array(3)),
  ],
  [
    "writeFile of a new file",
    ["open", "rename"],
    (files, d) => files.writeFile(`${d}/new`, new Uint8Array(3)),
  ],
  [
    "writeFile in place",
    ["open"],
    (files, d) =>
      files.writeFile(`${d}/file`, new Uint8Array(3), { offset: 1 }),
  ],
  ["remove", ["remove"], (files, d) => files.remove(`${d}/file`)],
  ["remove of a tree", ["remove"], (files, d) => files.remove(`${d}/sub`)],
  [
    "createDirectory",
    ["mkdir"],
    (files, d) => files.createDirectory(`${d}/new`, { recursive: false }),
  ],
  [
    "createDirectory with parents",
    ["mkdir"],
    (files, d) => files.createDirectory(`${d}/new/er`),
  ],
  [
    "copy out of it",
    ["stat", "open", "copyFile"],
    (files, d) => files.copy(`${d}/file`, `${d}-copy`),
  ],
  [
    "copy into it",
    ["open", "copyFile"],
    (files, d) => files.copy(`${d}-source`, `${d}/copy`),
  ],
  [
    "copy over a file in it",
    ["open", "copyFile"],
    (files, d) => files.copy(`${d}-source`, `${d}/file`),
  ],
  [
    "copy of a link",
    ["readLink", "symlink"],
    (files, d) => files.copy(`${d}/link`, `${d}/copy`),
  ],
  [
    "copy of a tree",
    ["readDir", "mkdir"],
    (files, d) => files.copy(d, `${d}-tree`, { recursive: true }),
  ],
];

for (const [name, calls, run] of operations) {
  for (const call of calls) {
    Deno.test(
      `Files: ${name} stays inside when a directory is swapped before \`${call}\``,
      options,
      () =>
        withWorld(async ({ files, inside, outside, swapBefore }) => {
          const d = `${inside}/d`;
          using _ = swapBefore(call);
          const told = await outcome(run(files, d));
          assert.ok(!told.includes(secret) && !told.includes("known"), told);
          assert.ok((await Deno.lstat(d)).isSymlink, "nothing was swapped");
          assert.deepEqual(await outside(), untouched);
          for (const copy of ["d-copy", "d-tree/file"]) {
            const text = await Deno.readTextFile(`${inside}/${copy}`)
              .catch(() => "");
            assert.notEqual(text, "secret");
          }
        }),
    );
  }
}

Deno.test(
  "Files: what is checked after a swap is refused",
  options,
  () =>
    withWorld(async ({ files, inside, swapBefore }) => {
      using _ = swapBefore("stat");
      await files.readFile(`${inside}/d/file`);
      await assert.rejects(files.readFile(`${inside}/d/file`), AccessDenied);
    }),
);
