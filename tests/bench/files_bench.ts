/**
 * What `fs/*` costs inside the process, without a transport.
 *
 * ```sh
 * deno bench -A tests/bench/files_bench.ts
 * ```
 */
import { Access } from "../../src/access/mod.ts";
import { decodeBase64 } from "../../src/protocol/base64.ts";
import { encodeWhole } from "../../src/files/_file_reader.ts";
import { type FileContent, Files } from "../../src/files/mod.ts";

const root = await Deno.realPath(await Deno.makeTempDir());
addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

const free = new Files(await Access.create({}));
const bound = new Files(
  await Access.create({ allowRead: [root], allowWrite: [root] }),
);
const KIB = 1024;
const MIB = 1024 * KIB;
const frame = { before: '{"id":1,"result":{"dataBase64":"', after: '"}}' };

/** As the transport would: takes every chunk and looks at none. */
async function drain({ content }: FileContent): Promise<void> {
  if (content instanceof Uint8Array) {
    encodeWhole(frame, content);
    return;
  }
  for await (const _ of content.encode(frame));
}

function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 64 * KIB) {
    crypto.getRandomValues(bytes.subarray(at, at + 64 * KIB));
  }
  return bytes;
}

for (
  const [name, size] of [["1 KiB", KIB], ["1 MiB", MIB], [
    "32 MiB",
    32 * MIB,
  ]] as const
) {
  const path = `${root}/read-${size}`;
  const bytes = randomBytes(size);
  await Deno.writeFile(path, bytes);
  Deno.bench(
    `readFile ${name}`,
    { group: `read ${name}`, baseline: true },
    async () => {
      await drain(await free.readFile(path));
    },
  );
  Deno.bench(
    `readFile ${name} under rules`,
    { group: `read ${name}` },
    async () => {
      await drain(await bound.readFile(path));
    },
  );
  Deno.bench(
    `Deno.readFile ${name}, no base64`,
    { group: `read ${name}` },
    async () => {
      await Deno.readFile(path);
    },
  );
}

for (const [name, size] of [["1 KiB", KIB], ["1 MiB", MIB]] as const) {
  const bytes = randomBytes(size);
  const text = bytes.toBase64();
  const group = `write ${name}`;
  const path = `${root}/write-${size}`;
  let round = 0;
  Deno.bench(
    `writeFile ${name} over another`,
    { group, baseline: true },
    async () => {
      await free.writeFile(path, decodeBase64(text));
    },
  );
  Deno.bench(`writeFile ${name} new`, { group }, async () => {
    await free.writeFile(`${path}-${round++ % 64}`, decodeBase64(text));
    await Deno.remove(`${path}-${(round - 1) % 64}`);
  });
  Deno.bench(`writeFile ${name} in place`, { group }, async () => {
    await free.writeFile(path, decodeBase64(text), { offset: 0 });
  });
  Deno.bench(`writeFile ${name} under rules`, { group }, async () => {
    await bound.writeFile(path, decodeBase64(text));
  });
  Deno.bench(`Deno.writeFile ${name}, no base64`, { group }, async () => {
    await Deno.writeFile(`${path}-plain`, bytes);
  });
}

await Deno.mkdir(`${root}/many`);
for (let at = 0; at < 1000; at++) {
  await Deno.writeTextFile(`${root}/many/file-${at}`, "");
}

Deno.bench(
  "readDirectory of 1000 files",
  { group: "list", baseline: true },
  async () => {
    await free.readDirectory(`${root}/many`);
  },
);
Deno.bench("Deno.readDir of 1000 files", { group: "list" }, async () => {
  await Array.fromAsync(Deno.readDir(`${root}/many`));
});
Deno.bench("getMetadata", { group: "look", baseline: true }, async () => {
  await free.getMetadata(`${root}/read-${KIB}`);
});
Deno.bench("getMetadata under rules", { group: "look" }, async () => {
  await bound.getMetadata(`${root}/read-${KIB}`);
});
