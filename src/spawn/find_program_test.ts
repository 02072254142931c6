import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { findProgram } from "./find_program.ts";
import { SpawnError } from "./spawn_error.ts";

/** Looks for a program among `bin/tool`, `bin/data`, `bin/dir` and `tool`. */
async function find(
  program: string,
  searchPath?: string,
): Promise<string | number> {
  await using directory = await createTempDir();
  const { path } = directory;
  await Deno.mkdir(`${path}/bin/dir`, { recursive: true });
  for (const name of ["bin/tool", "tool"]) {
    await Deno.writeTextFile(`${path}/${name}`, "#!/bin/sh", { mode: 0o755 });
  }
  await Deno.writeTextFile(`${path}/bin/data`, "", { mode: 0o644 });
  try {
    const found = findProgram({
      program: program.replace("@", path),
      cwd: path,
      searchPath: searchPath?.replaceAll("@", path),
    });
    return found.replace(path, "@");
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    return error.errno;
  }
}

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;

/** Programs, where they are looked for, and what is found. */
const cases: [string, string | undefined, string | number][] = [
  ["tool", "@/bin", "@/bin/tool"],
  ["tool", "/nowhere:@/bin/tool:@/bin", "@/bin/tool"],
  ["tool", "bin", "@/bin/tool"],
  ["tool", "", "@/./tool"],
  ["tool", "/nowhere:", "@/./tool"],
  ["sh", undefined, "/bin/sh"],
  ["tool", undefined, ENOENT],
  ["none", "@/bin", ENOENT],
  ["data", "@/bin:/nowhere", EACCES],
  ["dir", "@/bin", EACCES],
  ["bin/tool", "/nowhere", "@/bin/tool"],
  ["./tool", undefined, "@/./tool"],
  ["@/bin/tool", undefined, "@/bin/tool"],
  ["@/bin/none", undefined, ENOENT],
  ["@/bin/data", undefined, EACCES],
  ["@/bin", undefined, EACCES],
  ["@/tool/x", undefined, ENOTDIR],
];

for (const [program, searchPath, expected] of cases) {
  Deno.test(`findProgram() of ${program} on ${searchPath} is ${expected}`, async () => {
    assert.equal(await find(program, searchPath), expected);
  });
}
