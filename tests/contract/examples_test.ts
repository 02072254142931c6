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
  "turn.ts": [
    /^1\. \[editor\] Do your work$/,
    /^ {3}ran .*cat greeting.*: completed, 0$/,
    /^2\. \[phone\] May I leave a mark\? Yes\.$/,
    /^ {3}ran .*touch seen.*: completed, 0$/,
    /^3\. \[phone\] A change of a file\? Yes\.$/,
    /^ {3}changed 1 file: completed$/,
    /^4\. \[agent\] Greeting and mark are in place\.$/,
    /^5\. The turn is completed$/,
    /^6\. The greeting is "Hello aboard"$/,
    /^7\. Stored as "Do your work", in 1 thread$/,
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
