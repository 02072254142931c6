import assert from "node:assert/strict";
import { Access, AccessDenied, type AccessRules } from "./mod.ts";

/** Programs and links, and a PATH that leads to `bin`, then to `more`. */
interface Ground extends AsyncDisposable {
  readonly root: string;
  /** What may be started for a program, or the refusal's message. */
  ask(rules: AccessRules, program: string, cwd?: string): Promise<string>;
}

async function createGround(): Promise<Ground> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  for (const directory of ["bin", "more", "work"]) {
    await Deno.mkdir(`${root}/${directory}`);
  }
  for (const program of ["bin/echo", "bin/rm", "bin/many", "more/rm"]) {
    await Deno.writeTextFile(`${root}/${program}`, "");
    await Deno.chmod(`${root}/${program}`, 0o755);
  }
  await Deno.writeTextFile(`${root}/bin/notes`, "");
  await Deno.symlink("many", `${root}/bin/ls`);
  await Deno.symlink("many", `${root}/bin/dd`);
  await Deno.symlink("../bin", `${root}/work/link`);
  await Deno.symlink("../bin/echo", `${root}/work/echo`);
  await Deno.symlink("../bin/rm", `${root}/work/safe`);
  await Deno.symlink("../bin/rm", `${root}/work/ls`);
  const searchPath = `${root}/bin:${root}/more`;
  return {
    root,
    async ask(rules, program, cwd = `${root}/work`) {
      const access = await Access.create(rules, { cwd: root, searchPath });
      try {
        const path = await access.checkRun(program, { cwd, searchPath });
        return path.replace(root, "ROOT");
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error;
        assert.equal(error.path, program);
        return `${error.flag}: ${error.message.replaceAll(root, "ROOT")}`;
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("Access.checkRun() without rules gives any program as it was named", async () => {
  await using ground = await createGround();
  for (const rules of [{}, { allowRun: true }, { denyRun: [] }] as const) {
    const access = await Access.create(rules);
    assert.equal(access.restrictsRuns, false);
    for (const program of ["echo", "./echo", "/no/such", "a\0b"]) {
      assert.equal(await ground.ask(rules, program), program);
    }
  }
});

const allowed: readonly (readonly [string[], string, string])[] = [
  // A name is what PATH leads to, wherever it is asked for.
  [["echo"], "echo", "ROOT/bin/echo"],
  [["echo"], "ROOT/bin/echo", "ROOT/bin/echo"],
  [["echo"], "../bin/echo", "ROOT/bin/echo"],
  [["echo"], "ROOT/work/link/echo", "ROOT/bin/echo"],
  [["echo"], "ROOT/work/link/../bin/./echo", "ROOT/bin/echo"],
  [["rm", "echo"], "echo", "ROOT/bin/echo"],
  // A link of the same name is started by that name.
  [["echo"], "./echo", "ROOT/work/echo"],
  [["ls"], "ls", "ROOT/bin/ls"],
  [["ROOT/bin/rm"], "rm", "ROOT/bin/rm"],
  [["./bin/rm"], "rm", "ROOT/bin/rm"],
  [["ROOT/work/safe"], "./safe", "ROOT/work/safe"],
];

for (const [list, program, path] of allowed) {
  Deno.test(`--allow-run=${list} allows ${program}`, async () => {
    await using ground = await createGround();
    const named = (text: string) => text.replace("ROOT", ground.root);
    const rules = { allowRun: list.map(named) };
    assert.equal(await ground.ask(rules, named(program)), path);
  });
}

const outside: readonly (readonly [string[], string])[] = [
  [["echo"], "rm"],
  [["echo"], "notes"],
  [["echo"], "missing"],
  [["missing"], "missing"],
  [["echo"], ""],
  [[], "echo"],
  // Another file of the name that was allowed.
  [["rm"], "ROOT/more/rm"],
  // The same file under another name: what it does may go by that.
  [["ls"], "dd"],
  [["ls"], "many"],
  [["ls"], "ROOT/bin/many"],
  [["rm"], "./safe"],
  // The name that was allowed, leading to another file.
  [["ls"], "./ls"],
  [["echo"], "ROOT/work/link/../echo"],
];

for (const [list, program] of outside) {
  Deno.test(`--allow-run=${list} refuses ${program || "nothing"}`, async () => {
    await using ground = await createGround();
    const named = (text: string) => text.replace("ROOT", ground.root);
    const rules = { allowRun: list.map(named) };
    assert.equal(
      await ground.ask(rules, named(program)),
      `--allow-run: Running is not allowed: program "${program}" is outside ` +
        `--allow-run=${list}`,
    );
  });
}

const denied: readonly (readonly [string[], string])[] = [
  [["rm"], "rm"],
  [["rm"], "ROOT/bin/rm"],
  // Every file of the name, and the file under every name.
  [["rm"], "ROOT/more/rm"],
  [["rm"], "ROOT/nowhere/rm"],
  [["rm"], "./safe"],
  [["rm"], "./ls"],
  [["rm"], "ROOT/work/link/rm"],
  [["missing"], "missing"],
  [["ROOT/bin/rm"], "rm"],
  [["ROOT/bin/rm"], "./safe"],
  [["ROOT/work/safe"], "rm"],
  // A file that is many programs can do what is denied.
  [["ls"], "dd"],
  [["many"], "ls"],
];

for (const [list, program] of denied) {
  Deno.test(`--deny-run=${list} refuses ${program}, whatever is allowed`, async () => {
    await using ground = await createGround();
    const named = (text: string) => text.replace("ROOT", ground.root);
    const refusal =
      `--deny-run: Running is not allowed: program "${program}" is covered ` +
      `by --deny-run=${list}`;
    const denyRun = list.map(named);
    for (
      const allowRun of [undefined, true, [named(program), ...denyRun]] as const
    ) {
      const rules = allowRun === undefined
        ? { denyRun }
        : { allowRun, denyRun };
      assert.equal(await ground.ask(rules, named(program)), refusal);
    }
  });
}

Deno.test("--deny-run of one program leaves the others", async () => {
  await using ground = await createGround();
  const rules = { denyRun: ["rm", `${ground.root}/work/ls`] };
  assert.equal(await ground.ask(rules, "echo"), "ROOT/bin/echo");
  assert.equal(await ground.ask(rules, "ls"), "ROOT/bin/ls");
  assert.equal(await ground.ask(rules, "./echo"), "ROOT/work/echo");
  // Nothing there: the system is to say so.
  assert.equal(await ground.ask(rules, "missing"), "missing");
});

Deno.test("--deny-run without a list refuses everything", async () => {
  await using ground = await createGround();
  assert.equal(
    await ground.ask({ denyRun: true, allowRun: ["echo"] }, "echo"),
    '--deny-run: Running is not allowed: program "echo" is covered by ' +
      "--deny-run",
  );
});

Deno.test("--deny-run of a path that is missing holds for what comes to be there", async () => {
  await using ground = await createGround();
  const { root } = ground;
  const searchPath = `${root}/bin`;
  const access = await Access.create({ denyRun: [`${root}/new`] }, {
    cwd: root,
  });
  const around = { cwd: root, searchPath };
  await access.checkRun("rm", around);
  await Deno.symlink("bin/rm", `${root}/new`);
  await assert.rejects(access.checkRun("rm", around), AccessDenied);
});

Deno.test("--allow-run goes by the PATH of the server, and what is run by its own", async () => {
  await using ground = await createGround();
  const { root } = ground;
  const access = await Access.create({ allowRun: ["rm"] }, {
    cwd: root,
    searchPath: `${root}/more`,
  });
  const ask = (searchPath: string | undefined) =>
    access.checkRun("rm", { cwd: `${root}/bin`, searchPath });
  assert.equal(await ask(`${root}/more`), `${root}/more/rm`);
  assert.equal(
    await ask(`/nowhere:${root}/more:${root}/bin`),
    `${root}/more/rm`,
  );
  await assert.rejects(ask(`${root}/bin:${root}/more`), AccessDenied);
  await assert.rejects(ask("."), AccessDenied);
  await assert.rejects(ask(""), AccessDenied);
  await assert.rejects(ask(undefined), AccessDenied);
});

Deno.test("Access.checkRun() refuses odd names before it looks anywhere", async () => {
  const access = await Access.create({ allowRun: ["echo"] });
  const around = { cwd: "/", searchPath: "/bin" };
  await assert.rejects(access.checkRun("a\0b", around), TypeError);
  await assert.rejects(
    access.checkRun("/x".repeat(100_000), around),
    /File name too long/,
  );
});
