/**
 * `deno task gen` prints what follows from the contract's interfaces;
 * `deno task gen --check` only compares, and fails where a file differs.
 *
 * @module
 */
import { drift, generate, leftovers, root } from "./generate.ts";

const printed = await generate();
if (Deno.args.includes("--check")) {
  const stale = await drift(printed);
  for (const path of stale) say(`stale: ${path}`);
  if (stale.length > 0) say("Run `deno task gen`");
  Deno.exitCode = stale.length > 0 ? 1 : 0;
} else {
  const stale = await drift(printed);
  for (const path of await leftovers(printed)) {
    await Deno.remove(new URL(path, root));
  }
  for (const directory of ["schema/json/", "schema/typescript/"]) {
    await Deno.mkdir(new URL(directory, root), { recursive: true });
  }
  for (const [path, text] of printed) {
    await Deno.writeTextFile(new URL(path, root), text);
  }
  say(`${printed.size} files, ${stale.length} changed`);
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
