import assert from "node:assert/strict";
import { createLogger, LogFilter } from "../telemetry/mod.ts";
import { installationId } from "./installation_id.ts";

const version4 =
  /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

async function withHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await work(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("installationId() writes a UUID without newline and keeps it", () =>
  withHome(async (home) => {
    const id = await installationId(home);
    assert.match(id, version4);
    assert.equal(await Deno.readTextFile(`${home}/installation_id`), id);
    assert.equal(await installationId(home), id);
    const left = await Array.fromAsync(
      Deno.readDir(`${home}/gangway`),
      ({ name }) => name,
    );
    assert.deepEqual(left, ["installation_id.lock"]);
  }));

Deno.test("installationId() takes any UUID that is there as it stands", () =>
  withHome(async (home) => {
    for (
      const id of [
        "00000000-0000-0000-0000-000000000000",
        "774F8CA8-2935-46E1-8654-66B9C35AAB37",
        "774f8ca8293546e1865466b9c35aab37",
      ]
    ) {
      await Deno.writeTextFile(`${home}/installation_id`, `${id}\n`);
      assert.equal(await installationId(home), id);
      assert.equal(
        await Deno.readTextFile(`${home}/installation_id`),
        `${id}\n`,
      );
    }
  }));

Deno.test("installationId() replaces what is no UUID", () =>
  withHome(async (home) => {
    for (const junk of ["", "nonsense", "774f8ca8-2935"]) {
      await Deno.writeTextFile(`${home}/installation_id`, junk);
      const id = await installationId(home);
      assert.match(id, version4);
      assert.equal(await Deno.readTextFile(`${home}/installation_id`), id);
    }
  }));

Deno.test("installationId() is one for processes that start at the same time", () =>
  withHome(async (home) => {
    await Deno.writeTextFile(`${home}/installation_id`, "junk");
    const program = `
      import { installationId } from ${
      JSON.stringify(import.meta.resolve("./installation_id.ts"))
    };
      await Deno.stdin.read(new Uint8Array(1));
      const ids = await Promise.all([1, 2, 3].map(() => installationId(${
      JSON.stringify(home)
    })));
      await Deno.stdout.write(new TextEncoder().encode(ids.join("\\n")));
    `;
    const children = Array.from(
      { length: 3 },
      () =>
        new Deno.Command(Deno.execPath(), {
          args: ["eval", "--no-config", program],
          stdin: "piped",
          stdout: "piped",
        }).spawn(),
    );
    await Promise.all(children.map(async ({ stdin }) => {
      const writer = stdin.getWriter();
      await writer.write(new Uint8Array(1));
      await writer.close();
    }));
    const outputs = await Promise.all(children.map((child) => child.output()));
    const ids = outputs.flatMap(({ stdout }) =>
      new TextDecoder().decode(stdout).split("\n")
    );
    assert.equal(ids.length, 9);
    assert.deepEqual(
      new Set(ids),
      new Set([await Deno.readTextFile(`${home}/installation_id`)]),
    );
  }));

Deno.test("installationId() makes do without a place to write and says so", () =>
  withHome(async (home) => {
    // A file where the state directory should be stops root too.
    await Deno.writeTextFile(`${home}/gangway`, "");
    const lines: string[] = [];
    const log = createLogger({
      write: (line) => lines.push(line),
      filter: LogFilter.parse("warn"),
    });
    assert.match(await installationId(home, { log }), version4);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /WARN gangway: Cannot keep the installation id/);
    await assert.rejects(
      Deno.stat(`${home}/installation_id`),
      Deno.errors.NotFound,
    );
  }));
