import assert from "node:assert/strict";
import ts from "typescript";
import { printContract } from "../../src/protocol/mod.ts";
import { drift, generate } from "../tools/gen/generate.ts";
import { cutToStable } from "../tools/gen/stable_cut.ts";

Deno.test("schema: what is printed is what the interfaces say", async () => {
  const stale = await drift(await generate());
  assert.deepEqual(stale, [], "Run `deno task gen`");
});

Deno.test("schema: printContract prints what lies in schema/", async () => {
  for (
    const [kind, directory] of [
      ["json-schema", "json"],
      ["typescript", "typescript"],
    ] as const
  ) {
    const printed = await printContract({ kind, experimental: true });
    const root = new URL(`../../schema/${directory}/`, import.meta.url);
    const present = new Map<string, string>();
    for await (const { name } of Deno.readDir(root)) {
      present.set(name, await Deno.readTextFile(new URL(name, root)));
    }
    assert.deepEqual(printed, present);
  }
});

Deno.test("schema: the stable contract knows nothing experimental", async () => {
  for (const kind of ["json-schema", "typescript"] as const) {
    const printed = await printContract({ kind, experimental: false });
    for (const [path, text] of printed) {
      assert.ok(
        !/x-experimental|\* @experimental|ProcessSpawn/.test(text),
        path,
      );
      assert.ok(
        !/mock\/experimentalMethod|permissionProfile\?/.test(text),
        path,
      );
      if (kind === "json-schema") assertClosed(path, text);
    }
    assert.ok([...printed.values()].some((text) => text.includes("fs/copy")));
  }
});

Deno.test("schema: every JSON file needs no other file", async () => {
  const printed = await printContract({
    kind: "json-schema",
    experimental: true,
  });
  for (const [path, text] of printed) assertClosed(path, text);
});

Deno.test("schema: the stable cut takes experimental members, what only they need, and the imports of that", () => {
  const file = (name: string, text: string) => ({
    name,
    source: ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true),
  });
  const roots = file(
    "methods.ts",
    `import type { A, B } from "./types.ts";

/** Requests. */
export interface Requests {
  a: A;
  /** @experimental */
  b: B;
}
`,
  );
  const types = file(
    "types.ts",
    `/** @module */
import type { Far } from "./far.ts";

/** Kept. */
export interface Root {
  zero: string;
}

/** Kept. */
export interface A extends Root {
  one: string;
  /**
   * Gone.
   *
   * @experimental
   */
  two?: Only;
}

/** Gone, too. */
export type Only = Far;

/** Gone, too. */
export interface B {
  far: Far;
}
`,
  );
  const far = file("far.ts", "/** Gone. */\nexport type Far = string;\n");
  assert.deepEqual(
    cutToStable([far, roots, types], roots),
    new Map([
      [
        "methods.ts",
        `import type { A } from "./types.ts";

/** Requests. */
export interface Requests {
  a: A;
}
`,
      ],
      [
        "types.ts",
        `/** @module */

/** Kept. */
export interface Root {
  zero: string;
}

/** Kept. */
export interface A extends Root {
  one: string;
}
`,
      ],
    ]),
  );
});

/** Fails when something is referred to that the file does not hold. */
function assertClosed(path: string, text: string): void {
  const { definitions = {} } = JSON.parse(text);
  for (const [, name] of text.matchAll(/"#\/definitions\/(\w+)"/g)) {
    assert.ok(Object.hasOwn(definitions, name!), `${path} lacks ${name}`);
  }
}
