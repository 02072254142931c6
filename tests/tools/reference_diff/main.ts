/**
 * `deno task reference:diff [--codex PATH]`: prints what differs in shape
 * between our contract and that of the reference's program.
 *
 * Exit 0: only what `expected.json` lists, with a reason each. Exit 1: more
 * than that, or something listed that is no difference any more. Exit 2: no
 * program to ask.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { printContract } from "../../../src/protocol/mod.ts";
import { compareContracts, type Contract } from "./report.ts";
import type { Schema } from "./shape.ts";

/** A difference that is meant, and why. */
interface Expected {
  difference: string;
  reason: string;
}

const bundleName = "codex_app_server_protocol.schemas.json";

const { values } = parseArgs({
  args: Deno.args,
  options: { codex: { type: "string" } },
});
const codex = await find(values.codex);
if (codex === undefined) {
  say(
    "The reference's program was not found. Install it beside this checkout " +
      "(npm install --no-save @openai/codex@0.169.0) or name it with " +
      "--codex PATH",
  );
  Deno.exitCode = 2;
} else {
  const theirs: Contract = {
    all: await theirBundle(codex.path, ["--experimental"]),
    stable: await theirBundle(codex.path, []),
  };
  const ours: Contract = {
    all: await ourBundle(true),
    stable: await ourBundle(false),
  };
  const { differences, unfinished, gatesOnly, compared } = compareContracts(
    ours,
    theirs,
  );
  const file = new URL("expected.json", import.meta.url);
  const expected: Expected[] = JSON.parse(await Deno.readTextFile(file));
  const meant = new Set(expected.map(({ difference }) => difference));
  const found = new Set(differences);
  const surprises = differences.filter((each) => !meant.has(each));
  const gone = expected.filter(({ difference }) => !found.has(difference));

  say(`Compared with ${codex.version}: ${compared} names in full`);
  say(`\nOnly gated fields compared: ${gatesOnly.join(", ")}`);
  say(`\nUnfinished here (${unfinished.length}): ${unfinished.join(", ")}`);
  list(
    "Meant to differ",
    expected.filter(({ difference }) => found.has(difference))
      .map(({ difference, reason }) => `${difference}\n      ${reason}`),
  );
  list("Listed in expected.json, but no difference any more", [
    ...gone.map(({ difference }) => difference),
  ]);
  list("Different", surprises);
  Deno.exitCode = surprises.length + gone.length > 0 ? 1 : 0;
}

async function ourBundle(experimental: boolean): Promise<Schema> {
  const files = await printContract({ kind: "json-schema", experimental });
  return JSON.parse(files.get("gangway.schema.json")!);
}

async function theirBundle(path: string, flags: string[]): Promise<Schema> {
  const out = await Deno.makeTempDir();
  try {
    await run(path, [
      "app-server",
      "generate-json-schema",
      "--out",
      out,
      ...flags,
    ], out);
    return JSON.parse(await Deno.readTextFile(`${out}/${bundleName}`));
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

async function find(
  named: string | undefined,
): Promise<{ path: string; version: string } | undefined> {
  const root = new URL("../../../", import.meta.url);
  const installed = new URL("node_modules/.bin/codex", root).pathname;
  for (const path of named === undefined ? [installed, "codex"] : [named]) {
    try {
      return { path, version: (await run(path, ["--version"])).trim() };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

async function run(
  path: string,
  args: string[],
  home?: string,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(path, {
    args,
    stdin: "null",
    ...(home === undefined ? {} : { env: { CODEX_HOME: home } }),
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(
    `"${path} ${args.join(" ")}" failed: ${new TextDecoder().decode(stderr)}`,
  );
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  say(`\n${title} (${lines.length}):`);
  for (const line of lines) say(`  ${line}`);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
