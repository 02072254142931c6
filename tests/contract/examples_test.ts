import assert from "node:assert/strict";

const directory = new URL("../../docs/examples/", import.meta.url);

/** What each example has to say, among other things, in this order. */
const transcripts: Readonly<Record<string, readonly RegExp[]>> = {
  "commands.ts": [
    /^ {3}exit code 1: touch: cannot touch /,
    /^ {3}1 one, 2 two, 3 three,$/,
    /^ {3}size of its terminal: 30 100$/,
    /^ {3}exit code 137$/,
  ],
  "files.ts": [
    /^ {3}refused: .*401/,
    /^ {3}read: Welcome aboard\.$/,
    /^ {3}changed: .*"kind":"created"/,
    /^ {3}refused: .*etag/,
    /^ {3}refused: .*--allow-write=/,
    /^7\. In the folder: hello\.txt$/,
    /exit code 0$/,
  ],
  "reattach.ts": [
    /^step 1$/,
    /^\[the connection broke after \d+ bytes\]$/,
    /^step 5$/,
    /^\[exit code 0\]$/,
  ],
};

for (const [name, wanted] of Object.entries(transcripts)) {
  Deno.test(`docs/examples/${name} does what it says`, async () => {
    const { stdout, stderr, success } = await new Deno.Command(
      Deno.execPath(),
      { args: ["run", "-A", new URL(name, directory).pathname] },
    ).output();
    const said = new TextDecoder().decode(stdout);
    assert.ok(success, said + new TextDecoder().decode(stderr));
    const lines = said.split("\n").values();
    for (const line of wanted) {
      assert.ok(lines.some((one) => line.test(one)), `${line} in: ${said}`);
    }
  });
}

Deno.test("every example is run", async () => {
  const files = await Array.fromAsync(Deno.readDir(directory));
  assert.deepEqual(
    files.map(({ name }) => name).sort(),
    Object.keys(transcripts),
  );
});
