import assert from "node:assert/strict";
import { type OddThread, tellOddities } from "./oddities.ts";

Deno.test("tellOddities tells what is odd about a thread, each kind in its place", async () => {
  const told: string[] = [];
  const thread: OddThread = {
    threadId: "T",
    publish: (method, params) => {
      const { message, summary } = params as Record<string, string>;
      told.push(`${method}: ${message ?? summary}`);
    },
    agent: { warnings: (cwd) => Promise.resolve([`hook in ${cwd}`]) },
    models: { facts: () => assert.fail("nobody asked for the model") },
    settings: { cwd: "/w", model: "m" },
    config: { warnings: [{ summary: "key", details: null }] },
    fallbacks: ["fallback"],
    omissions: ["tier"],
    findFeatureNotices: () =>
      Promise.resolve({
        deprecations: [{ summary: "old name", details: null }],
        warning: "unfinished",
      }),
  };

  await tellOddities(thread);
  await tellOddities({
    ...thread,
    config: { warnings: [] },
    agent: { warnings: () => Promise.resolve([]) },
    fallbacks: [],
    omissions: [],
    findFeatureNotices: () => Promise.resolve(undefined),
  });

  assert.deepEqual(told, [
    "deprecationNotice: old name",
    "warning: key",
    "warning: fallback",
    "warning: unfinished",
    "warning: hook in /w",
    "warning: tier",
  ]);
});
