import assert from "node:assert/strict";
import { findRuleWarnings } from "./rule_warnings.ts";

async function createRules(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("findRuleWarnings() tells of the first file that can't be read, and where", async () => {
  await using rules = await createRules({
    "a.rules": 'prefix_rule(pattern=["ls"])\n',
    "b.rules":
      'prefix_rule(pattern=["ls"])\nprefix_rule(pattern=["a"], decision="no")\n',
    "c.rules": "nope()\n",
  });
  const [warning, ...others] = await findRuleWarnings([
    "/nowhere",
    rules.path,
  ]);
  assert.deepEqual(others, []);
  const path = `${rules.path}/b.rules`;
  const { details, ...rest } = warning!;
  const place = { line: 2, column: 28 };
  assert.deepEqual(rest, {
    summary: "Error parsing rules; custom rules not applied.",
    path,
    range: { start: place, end: place },
  });
  assert.equal(
    details,
    `failed to parse rules file ${path}: 2:28: invalid decision: no`,
  );
});

Deno.test("findRuleWarnings() tells nothing of rules that are fine, or not there", async () => {
  await using rules = await createRules({
    "a.rules": 'prefix_rule(pattern=["ls"])\n',
    "notes.txt": "nope(",
  });
  assert.deepEqual(await findRuleWarnings([rules.path, "/nowhere"]), []);
});

Deno.test("findRuleWarnings() tells of a file that is none, without a place", async () => {
  await using rules = await createRules({});
  await Deno.symlink("/nowhere/at/all", `${rules.path}/a.rules`);
  const [warning] = await findRuleWarnings([rules.path]);
  assert.equal(warning?.path, `${rules.path}/a.rules`);
  assert.equal(warning?.range, undefined);
});
