import assert from "node:assert/strict";
import { toBounded } from "./_bounded.ts";
import type { Confinement } from "./confinement.ts";

const open = { allowed: "all", denied: [] } as const;

const limits: Confinement = {
  reads: "all",
  writes: ["/ws", "/tmp"],
  hidden: ["/ws/x"],
  shielded: ["/ws/.git"],
  network: false,
};

Deno.test("toBounded() leaves a confinement as it is without rules", () => {
  assert.equal(toBounded(limits, { read: open, write: open }), limits);
  assert.equal(toBounded(undefined, { read: open, write: open }), undefined);
});

Deno.test("toBounded() confines what was not confined to the rules", () => {
  assert.deepEqual(
    toBounded(undefined, {
      read: { allowed: ["/usr", "/ws"], denied: ["/ws/secret"] },
      write: { allowed: ["/ws/out"], denied: ["/ws/out/keep"] },
    }),
    {
      reads: ["/usr", "/ws"],
      writes: ["/ws/out"],
      hidden: ["/ws/secret"],
      shielded: ["/ws/out/keep"],
      network: true,
    },
  );
});

Deno.test("toBounded() hides what is denied, without any list of what is allowed", () => {
  assert.deepEqual(
    toBounded(undefined, {
      read: { allowed: "all", denied: ["/root"] },
      write: open,
    }),
    {
      reads: "all",
      writes: "all",
      hidden: ["/root"],
      shielded: [],
      network: true,
    },
  );
});

Deno.test("toBounded() keeps what both allow", () => {
  assert.deepEqual(
    toBounded(limits, {
      read: { allowed: ["/usr"], denied: [] },
      write: { allowed: ["/ws/a", "/var", "/tmp"], denied: ["/tmp/no"] },
    }),
    {
      reads: ["/usr"],
      writes: ["/tmp", "/ws/a"],
      hidden: ["/ws/x"],
      shielded: ["/ws/.git", "/tmp/no"],
      network: false,
    },
  );
});

Deno.test("toBounded() lets nothing be written under --deny-write", () => {
  assert.deepEqual(
    toBounded(limits, { read: open, write: { allowed: [], denied: [] } }),
    { ...limits, writes: [] },
  );
});

Deno.test("toBounded() takes no name for a directory that only begins alike", () => {
  assert.deepEqual(
    toBounded({ ...limits, writes: ["/ws"] }, {
      read: open,
      write: { allowed: ["/ws2", "/w"], denied: [] },
    })?.writes,
    [],
  );
});
