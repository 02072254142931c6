import assert from "node:assert/strict";

/** A test of some module, in a process that nothing else happens in. */
export interface LoneTest {
  /** `import.meta.url` of the module. */
  readonly module: string;
  readonly name: string;
  readonly ignore?: boolean;
}

/**
 * Tests in a process of its own, on Linux: descriptors, threads, children and
 * memory belong to a whole process, and with `--parallel` all test files share
 * one.
 */
export function testAlone(
  { module, name, ignore = false }: LoneTest,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  const isAlone = Deno.env.get("GANGWAY_TEST_ALONE") === "1";
  const start = async (): Promise<void> => {
    const filter = `/^${name.replaceAll(/[^\w ]/g, ".")}$/`;
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "-A",
        "--no-check",
        "--sanitize-ops",
        "--sanitize-resources",
        `--filter=${filter}`,
        module,
      ],
      env: { GANGWAY_TEST_ALONE: "1", NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.ok(success, said);
    assert.match(said, /\b1 passed/);
    // deno-lint-ignore no-console -- a skip has a reason that is seen
    for (const [line] of said.matchAll(/^skipped, .*$/gm)) console.log(line);
  };
  Deno.test(
    { name, ignore: ignore || Deno.build.os !== "linux" },
    isAlone ? body : start,
  );
}
