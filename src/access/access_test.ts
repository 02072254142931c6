import assert from "node:assert/strict";
import { Access, AccessDenied, type AccessRules, type Reach } from "./mod.ts";

/** A fresh directory with its real path. */
async function scratch(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function tree(root: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const [path, target] = file.split(" -> ");
    const full = `${root}/${path}`;
    if (target !== undefined) {
      await Deno.symlink(target.replace("ROOT", root), full);
    } else if (full.endsWith("/")) {
      await Deno.mkdir(full, { recursive: true });
    } else await Deno.writeTextFile(full, "");
  }
}

/** What a check gives: the real path, or the refusal's message. */
async function outcome(check: Promise<string>): Promise<string> {
  try {
    return await check;
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error;
    return error.message;
  }
}

async function read(
  rules: AccessRules,
  path: string,
  reach?: Reach,
): Promise<string> {
  const access = await Access.create(rules);
  return await outcome(access.checkRead(path, reach));
}

async function write(
  rules: AccessRules,
  path: string,
  reach?: Reach,
): Promise<string> {
  const access = await Access.create(rules);
  return await outcome(access.checkWrite(path, reach));
}

Deno.test("Access without rules gives any path as it was named", async () => {
  const access = await Access.create({});
  assert.deepEqual(
    {
      restricts: [access.restrictsReads, access.restrictsWrites],
      read: await access.checkRead("/no/such/thing"),
      write: await access.checkWrite("/no/such/thing"),
      nul: await access.checkRead("/a\0b"),
    },
    {
      restricts: [false, false],
      read: "/no/such/thing",
      write: "/no/such/thing",
      nul: "/a\0b",
    },
  );
});

Deno.test("Access without rules looks nothing up", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["real", "link -> real"]);
  const access = await Access.create({ allowRead: true, allowWrite: true });
  const link = `${dir.path}/link`;
  assert.deepEqual(
    [await access.checkRead(link), await access.checkWrite(link)],
    [link, link],
  );
});

Deno.test("Access allows listed paths and what is below them", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["in/", "in/file", "into"]);
  const rules = { allowRead: [`${dir.path}/in`] };
  assert.equal(await read(rules, `${dir.path}/in`), `${dir.path}/in`);
  assert.equal(await read(rules, `${dir.path}/in/file`), `${dir.path}/in/file`);
  assert.equal(
    await read(rules, `${dir.path}/into`),
    `Reading is not allowed: path "${dir.path}/into" is outside --allow-read=${dir.path}/in`,
  );
  assert.equal(
    await read(rules, dir.path),
    `Reading is not allowed: path "${dir.path}" is outside --allow-read=${dir.path}/in`,
  );
});

Deno.test("Access with an empty list allows nothing", async () => {
  assert.equal(
    await write({ allowWrite: [] }, "/tmp"),
    'Writing is not allowed: path "/tmp" is outside --allow-write=',
  );
});

Deno.test("Access keeps reading and writing apart", async () => {
  await using dir = await scratch();
  const rules = { allowRead: [dir.path], allowWrite: [] };
  assert.equal(await read(rules, dir.path), dir.path);
  assert.match(await write(rules, dir.path), /outside --allow-write=$/);
  assert.equal(await write({ allowRead: [] }, "/etc"), "/etc");
});

Deno.test("Access lets deny win over allow", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["secret/", "secret/key", "open"]);
  const rules = { allowRead: [dir.path], denyRead: [`${dir.path}/secret`] };
  assert.equal(await read(rules, `${dir.path}/open`), `${dir.path}/open`);
  assert.equal(
    await read(rules, `${dir.path}/secret/key`),
    `Reading is not allowed: path "${dir.path}/secret/key" is covered by ` +
      `--deny-read=${dir.path}/secret`,
  );
  assert.equal(
    await read({ allowRead: [dir.path], denyRead: true }, dir.path),
    `Reading is not allowed: path "${dir.path}" is covered by --deny-read`,
  );
});

Deno.test("Access allows everything but what is denied where nothing is allowed by name", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["a", "b"]);
  const rules = { denyWrite: [`${dir.path}/a`] };
  assert.equal(await write(rules, `${dir.path}/b`), `${dir.path}/b`);
  assert.match(await write(rules, `${dir.path}/a`), /covered by --deny-write=/);
});

Deno.test("Access looks through links, at files, directories, chains and dots", async () => {
  await using dir = await scratch();
  await tree(dir.path, [
    "in/",
    "in/deep/",
    "in/file",
    "out/",
    "out/file",
    "in/to-file -> ../out/file",
    "in/to-dir -> ../out",
    "in/absolute -> ROOT/out/file",
    "in/chain -> deep/next",
    "in/deep/next -> ../to-file",
    "in/dots -> ./deep/../../out/./file",
    "in/inside -> deep/../file",
    "out/back -> ../in/file",
    "home -> in",
  ]);
  const { path } = dir;
  const rules = { allowRead: [`${path}/in`] };
  const denied = (name: string) =>
    `Reading is not allowed: path "${path}/${name}" ` +
    `(through a link) is outside --allow-read=${path}/in`;
  for (
    const name of [
      "in/to-file",
      "in/to-dir/file",
      "in/absolute",
      "in/chain",
      "in/deep/next",
      "in/dots",
    ]
  ) assert.equal(await read(rules, `${path}/${name}`), denied(name));
  assert.equal(
    await read(rules, `${path}/home/to-file`),
    denied("home/to-file").replace("(through a link) ", ""),
  );
  for (const name of ["in/inside", "out/back", "home/file", "home/inside"]) {
    assert.equal(await read(rules, `${path}/${name}`), `${path}/in/file`);
  }
});

Deno.test("Access does not let dots out", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["in/", "out"]);
  const rules = { allowRead: [`${dir.path}/in`] };
  assert.match(await read(rules, `${dir.path}/in/../out`), /is outside/);
  assert.match(await read(rules, `${dir.path}/in/no/../../out`), /is outside/);
});

Deno.test("Access judges what does not exist by where it would come to be", async () => {
  await using dir = await scratch();
  await tree(dir.path, [
    "in/",
    "out/",
    "in/escape -> ../out",
    "in/dangling -> ../out/new",
    "in/dangling-in -> new",
    "in/dangling-deep -> ../out/no/new",
    "in/climbing -> no/../../out/new",
    "file",
  ]);
  const { path } = dir;
  const rules = { allowWrite: [`${path}/in`] };
  for (
    const [name, place] of [["new", "new"], ["a/b", "a/b"], [
      "dangling-in",
      "new",
    ]]
  ) {
    assert.equal(
      await write(rules, `${path}/in/${name}`),
      `${path}/in/${place}`,
    );
  }
  for (
    const name of [
      "escape/new",
      "escape/a/b",
      "dangling",
      "dangling-deep",
      "climbing",
      "escape/../x",
    ]
  ) {
    assert.match(
      await write(rules, `${path}/in/${name}`),
      /^Writing is not allowed: .* is outside --allow-write=/,
      name,
    );
  }
});

Deno.test("Access judges a path below a file by its name", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["in/", "in/file", "file"]);
  const rules = { allowRead: [`${dir.path}/in`] };
  await assert.rejects(
    read(rules, `${dir.path}/in/file/x/y`),
    /Not a directory \(os error 20\)/,
  );
  assert.match(await read(rules, `${dir.path}/file/x`), /is outside/);
});

Deno.test("Access judges a loop of links by a place in it, and tells the loop", async () => {
  await using dir = await scratch();
  await tree(dir.path, [
    "in/",
    "in/a -> b",
    "in/b -> a",
    "in/self -> self",
    "x -> y",
    "y -> x",
    "in/to-loop -> ../x",
  ]);
  const access = await Access.create({ allowRead: [`${dir.path}/in`] });
  for (const name of ["a", "self"]) {
    await assert.rejects(
      access.checkRead(`${dir.path}/in/${name}`),
      Deno.errors.FilesystemLoop,
    );
  }
  for (const name of ["x", "in/to-loop"]) {
    const outside = await outcome(access.checkRead(`${dir.path}/${name}`));
    assert.match(outside, /is outside/);
  }
});

Deno.test("Access does not let a long chain of links out", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["in/", "secret", "in/l0 -> ../secret"]);
  for (let at = 1; at < 70; at++) {
    await Deno.symlink(`l${at - 1}`, `${dir.path}/in/l${at}`);
  }
  const access = await Access.create({ allowRead: [`${dir.path}/in`] });
  for (let at = 0; at < 70; at++) {
    await assert.rejects(access.checkRead(`${dir.path}/in/l${at}`), {
      name: at < 40 ? "AccessDenied" : "FilesystemLoop",
    });
  }
});

Deno.test("Access does not let a link out that leads back from what is missing", async () => {
  await using dir = await scratch();
  await tree(dir.path, [
    "in/",
    "secret",
    "in/evil -> ../secret",
    "in/trap -> missing/../evil",
    "in/deep -> missing/a/../../evil",
    "in/harmless -> missing/../file",
    "in/file",
  ]);
  const { path } = dir;
  const access = await Access.create({ allowRead: [`${path}/in`] });
  for (const name of ["trap", "deep"]) {
    assert.equal(
      await outcome(access.checkRead(`${path}/in/${name}`)),
      `Reading is not allowed: path "${path}/in/${name}" ` +
        `(through a link) is outside --allow-read=${path}/in`,
    );
  }
  // The system would not find it either.
  await assert.rejects(
    access.checkRead(`${path}/in/harmless`),
    Deno.errors.NotFound,
  );
});

Deno.test("Access with `itself` judges a link by its own place", async () => {
  await using dir = await scratch();
  await tree(dir.path, [
    "in/",
    "out/",
    "out/file",
    "in/link -> ../out/file",
    "out/link -> ../in",
    "in/dir -> ../out",
  ]);
  const { path } = dir;
  const rules = { allowWrite: [`${path}/in`] };
  const itself = { itself: true };
  assert.equal(
    await write(rules, `${path}/in/link`, itself),
    `${path}/in/link`,
  );
  assert.match(await write(rules, `${path}/in/link`), /is outside/);
  assert.match(await write(rules, `${path}/out/link`, itself), /is outside/);
  assert.equal(await write(rules, `${path}/out/link`), `${path}/in`);
  assert.match(await write(rules, `${path}/in/dir/file`, itself), /is outside/);
  assert.match(await write(rules, "/", itself), /path "\/" is outside/);
});

Deno.test("Access with `tree` refuses a directory that holds a denied path", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["a/", "a/b/", "a/b/secret", "a/c/"]);
  const { path } = dir;
  const rules = { denyWrite: [`${path}/a/b/secret`] };
  assert.equal(await write(rules, `${path}/a`), `${path}/a`);
  assert.equal(
    await write(rules, `${path}/a`, { tree: true }),
    `Writing is not allowed: path "${path}/a" holds a path that is covered by ` +
      `--deny-write=${path}/a/b/secret`,
  );
  assert.equal(
    await write(rules, `${path}/a/c`, { tree: true }),
    `${path}/a/c`,
  );
});

Deno.test("Access denies a link of the list, its place and what it leads to", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["target", "link -> target", "other"]);
  const { path } = dir;
  const rules = { denyRead: [`${path}/link`] };
  assert.match(await read(rules, `${path}/target`), /--deny-read/);
  assert.match(await read(rules, `${path}/link`), /--deny-read/);
  assert.match(await read(rules, `${path}/link`, { itself: true }), /--deny/);
  assert.equal(await read(rules, `${path}/other`), `${path}/other`);
});

Deno.test("Access takes listed links for what they lead to at the start", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["a/", "b/", "link -> a"]);
  const { path } = dir;
  const access = await Access.create({ allowRead: [`${path}/link`] });
  assert.equal(await outcome(access.checkRead(`${path}/a`)), `${path}/a`);
  await Deno.remove(`${path}/link`);
  await Deno.symlink("b", `${path}/link`);
  assert.match(await outcome(access.checkRead(`${path}/link`)), /is outside/);
  assert.match(await outcome(access.checkRead(`${path}/b`)), /is outside/);
  assert.equal(await outcome(access.checkRead(`${path}/a`)), `${path}/a`);
});

Deno.test("Access allows a listed path that appears later, but not as a link", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["out/", "out/file"]);
  const { path } = dir;
  const access = await Access.create({
    allowRead: [`${path}/later/sub`, `${path}/trap`],
  });
  assert.match(await outcome(access.checkRead(`${path}/later`)), /is outside/);
  await tree(path, ["later/sub/"]);
  assert.equal(
    await outcome(access.checkRead(`${path}/later/sub/x`)),
    `${path}/later/sub/x`,
  );
  await Deno.symlink("out", `${path}/trap`);
  assert.match(await outcome(access.checkRead(`${path}/trap/file`)), /outside/);
});

Deno.test("Access denies a denied path that appears later, and as a link too", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["out/", "out/file"]);
  const { path } = dir;
  const access = await Access.create({ denyRead: [`${path}/later`] });
  assert.equal(await access.checkRead(`${path}/out/file`), `${path}/out/file`);
  assert.match(await outcome(access.checkRead(`${path}/later/x`)), /--deny/);
  await Deno.symlink("out", `${path}/later`);
  assert.match(await outcome(access.checkRead(`${path}/later/file`)), /--deny/);
  assert.match(await outcome(access.checkRead(`${path}/out/file`)), /--deny/);
});

Deno.test("Access takes relative paths of the list from the given directory", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["cwd/", "cwd/sub/", "sub/"]);
  const { path } = dir;
  const access = await Access.create(
    { allowRead: ["./sub"], denyRead: ["sub/../sub/no/"], allowWrite: [".."] },
    { cwd: `${path}/cwd` },
  );
  assert.equal(
    await outcome(access.checkRead(`${path}/cwd/sub`)),
    `${path}/cwd/sub`,
  );
  assert.match(await outcome(access.checkRead(`${path}/cwd/sub/no`)), /--deny/);
  assert.match(await outcome(access.checkRead(`${path}/sub`)), /is outside/);
  assert.equal(await outcome(access.checkWrite(`${path}/x`)), `${path}/x`);
});

Deno.test("Access takes the root of the file system as everything", async () => {
  assert.equal(
    await read({ allowRead: ["/"] }, "/etc"),
    await Deno.realPath("/etc"),
  );
  assert.match(await read({ denyRead: ["/"] }, "/etc"), /covered by/);
});

Deno.test("Access follows links of the kernel", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["secret"]);
  const { path } = dir;
  const rules = { denyRead: [`${path}/secret`] };
  assert.match(
    await read(rules, `/proc/self/root${path}/secret`),
    /--deny-read/,
  );
});

Deno.test("Access says the same of whatever lies outside", async () => {
  await using dir = await scratch();
  await tree(dir.path, [
    "in/",
    "out/",
    "out/file",
    "out/link -> file",
    "out/dangling -> nothing",
    "out/loop -> loop",
    "in/file -> ../out/file",
    "in/nothing -> ../out/nothing",
    "in/link -> ../out/link",
    "in/below -> ../out/file/x",
    "in/loop -> ../out/loop",
  ]);
  const { path } = dir;
  const rules = { allowRead: [`${path}/in`], denyWrite: [`${path}/out`] };
  const names = ["file", "nothing", "link", "dangling", "loop", "file/x"];
  for (const name of names) {
    assert.equal(
      await read(rules, `${path}/out/${name}`),
      `Reading is not allowed: path "${path}/out/${name}" ` +
        `is outside --allow-read=${path}/in`,
    );
    assert.equal(
      await write(rules, `${path}/out/${name}`),
      `Writing is not allowed: path "${path}/out/${name}" ` +
        `is covered by --deny-write=${path}/out`,
    );
  }
  for (const name of ["file", "nothing", "link", "below", "loop"]) {
    assert.equal(
      await read(rules, `${path}/in/${name}`),
      `Reading is not allowed: path "${path}/in/${name}" ` +
        `(through a link) is outside --allow-read=${path}/in`,
    );
  }
});

Deno.test("Access refuses at once a path that no system takes", async () => {
  const access = await Access.create({ allowRead: ["/tmp"] });
  const tooLong = { message: "File name too long (os error 36)" };
  await assert.rejects(access.checkRead("/tmp" + "/a".repeat(2047)), tooLong);
  const before = performance.now();
  await assert.rejects(access.checkRead("/a".repeat(5_000_000)), tooLong);
  // Name by name this would take hours.
  assert.ok(performance.now() - before < 2_000);
});

Deno.test("Access follows no links to a path that no system takes", async () => {
  await using dir = await scratch();
  const { path } = dir;
  await tree(path, ["in/"]);
  // Each adds to what the one before it left to be followed.
  const rest = "/x".repeat(1_900);
  for (let n = 0; n < 30; n++) {
    await Deno.symlink(`l${n + 1}${rest}`, `${path}/in/l${n}`);
  }
  await Deno.symlink("missing", `${path}/in/l30`);
  const access = await Access.create({ allowRead: [`${path}/in`] });
  await assert.rejects(access.checkRead(`${path}/in/l0`), /os error/);
});

Deno.test("AccessDenied carries path and flag", async () => {
  const access = await Access.create({ allowRead: [], denyWrite: true });
  await assert.rejects(access.checkRead("/etc"), {
    name: "AccessDenied",
    path: "/etc",
    flag: "--allow-read",
  });
  await assert.rejects(access.checkWrite("/etc"), {
    name: "AccessDenied",
    path: "/etc",
    flag: "--deny-write",
  });
});

Deno.test("Access refuses to look up a NUL", async () => {
  const access = await Access.create({ allowRead: ["/etc"] });
  await assert.rejects(access.checkRead("/etc/\0"), TypeError);
});

Deno.test(
  "Access.pin() leads to what was there, whatever becomes of the path",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    await using dir = await scratch();
    await tree(dir.path, ["in/", "in/sub/", "in/sub/file", "out/", "out/file"]);
    const { path } = dir;
    await Deno.writeTextFile(`${path}/in/sub/file`, "inside");
    await Deno.writeTextFile(`${path}/out/file`, "outside");
    const access = await Access.create({ allowRead: [`${path}/in`] });
    const real = `${path}/in/sub/file`;
    using pin = access.pin(real, real);
    using directory = access.pin(`${path}/in/sub`, real);
    using entry = access.pinEntry(real, real);
    using fresh = access.pinEntry(`${path}/in/sub/new`, real);
    await Deno.rename(`${path}/in/sub`, `${path}/in/old`);
    await Deno.symlink("../out", `${path}/in/sub`);
    assert.equal(await Deno.readTextFile(real), "outside");
    assert.equal(await Deno.readTextFile(pin.path), "inside");
    await Deno.mkdir(fresh.path);
    await Deno.remove(entry.path);
    const names = await Array.fromAsync(Deno.readDir(directory.path));
    assert.deepEqual(names.map(({ name }) => name), ["new"]);
    assert.equal(await Deno.readTextFile(pin.path), "inside");
    assert.equal(await Deno.readTextFile(`${path}/out/file`), "outside");
  },
);

Deno.test(
  "Access.pin() refuses a path that is not real, and tells what is missing",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    await using dir = await scratch();
    await tree(dir.path, [
      "in/",
      "in/file",
      "link -> in",
      "in/to-file -> file",
    ]);
    const { path } = dir;
    const access = await Access.create({ denyWrite: [`${path}/no`] });
    const swapped = { name: "AccessDenied", message: /"p" changed while/ };
    for (const name of ["link", "link/file", "in/to-file", "in/../in/file"]) {
      assert.throws(() => access.pin(`${path}/${name}`, "p"), swapped, name);
    }
    assert.throws(() => access.pinEntry(`${path}/link/new`, "p"), swapped);
    assert.throws(() => access.pin(`${path}/no`, "p"), Deno.errors.NotFound);
    assert.throws(
      () => access.pinEntry(`${path}/no/file`, "p"),
      Deno.errors.NotFound,
    );
    assert.throws(
      () => access.pin(`${path}/in/file/x`, "p"),
      Deno.errors.NotADirectory,
    );
    using link = access.pinEntry(`${path}/in/to-file`, "p");
    assert.equal(await Deno.readLink(link.path), "file");
    using root = access.pin("/", "p");
    assert.ok((await Deno.stat(root.path)).isDirectory);
  },
);

Deno.test("Access.pin() gives the path itself without rules", async () => {
  const access = await Access.create({});
  using pin = access.pin("/no/such/path", "p");
  using entry = access.pinEntry("/no/such/path", "p");
  assert.deepEqual([pin.path, entry.path], ["/no/such/path", "/no/such/path"]);
});

Deno.test(
  "Access checks without pins where this process has not all permissions",
  {
    permissions: { read: true, write: true, env: true },
  },
  async () => {
    await using dir = await scratch();
    await tree(dir.path, ["in/", "in/file", "out", "in/link -> ../out"]);
    const real = `${dir.path}/in/file`;
    const access = await Access.create({ allowRead: [`${dir.path}/in`] });
    using pin = access.pin(real, real);
    assert.equal(pin.path, real);
    using file = await Deno.open(await access.checkRead(real));
    await access.confirm(file, real, real);
    using other = await Deno.open(`${dir.path}/out`);
    await assert.rejects(access.confirm(other, real, real), AccessDenied);
  },
);

Deno.test("Access.confirm() accepts the file that was checked", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["file"]);
  const access = await Access.create({ allowRead: [dir.path] });
  const real = await access.checkRead(`${dir.path}/file`);
  using file = await Deno.open(real);
  await access.confirm(file, real, real);
});

Deno.test("Access.confirm() refuses a file that was opened through a swapped directory", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["in/", "in/sub/", "in/sub/file", "out/", "out/file"]);
  const { path } = dir;
  const access = await Access.create({ allowRead: [`${path}/in`] });
  const real = await access.checkRead(`${path}/in/sub/file`);
  await Deno.rename(`${path}/in/sub`, `${path}/in/old`);
  await Deno.symlink("../out", `${path}/in/sub`);
  using file = await Deno.open(real);
  await assert.rejects(access.confirm(file, real, real), {
    name: "AccessDenied",
    message: "Access is not allowed under --allow-read: " +
      `path "${real}" changed while it was opened`,
  });
  // Putting everything back does not help: the file is another one.
  await Deno.remove(`${path}/in/sub`);
  await Deno.rename(`${path}/in/old`, `${path}/in/sub`);
  await assert.rejects(access.confirm(file, real, real), AccessDenied);
});

Deno.test("Access.confirm() refuses a file that was replaced or removed", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["file", "other"]);
  const { path } = dir;
  const access = await Access.create({ allowRead: [path] });
  const real = await access.checkRead(`${path}/file`);
  using file = await Deno.open(real);
  await Deno.rename(`${path}/other`, real);
  await assert.rejects(access.confirm(file, real, real), AccessDenied);
  await Deno.remove(real);
  await assert.rejects(access.confirm(file, real, real), AccessDenied);
});

Deno.test("Access.confirm() has nothing to say without rules", async () => {
  await using dir = await scratch();
  await tree(dir.path, ["file"]);
  const access = await Access.create({});
  using file = await Deno.open(`${dir.path}/file`);
  await access.confirm(file, "/elsewhere", "/elsewhere");
});

Deno.test("Access.bounds() gives the rules as real paths", async () => {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${directory}/real/secret`, { recursive: true });
    await Deno.symlink(`${directory}/real`, `${directory}/link`);
    const access = await Access.create({
      allowRead: [`${directory}/link`],
      denyRead: [`${directory}/link/secret`, `${directory}/missing`],
      denyWrite: true,
    });
    assert.deepEqual(await access.bounds(), {
      read: {
        allowed: [`${directory}/real`],
        denied: [`${directory}/real/secret`, `${directory}/missing`],
      },
      write: { allowed: [], denied: [] },
    });
    await Deno.symlink(`${directory}/real`, `${directory}/missing`);
    const { read } = await access.bounds();
    assert.deepEqual(read.denied, [
      `${directory}/real/secret`,
      `${directory}/missing`,
      `${directory}/real`,
    ]);
    const unrestricted = await Access.create({});
    assert.deepEqual(await unrestricted.bounds(), {
      read: { allowed: "all", denied: [] },
      write: { allowed: "all", denied: [] },
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
