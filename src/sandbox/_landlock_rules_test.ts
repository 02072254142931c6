import assert from "node:assert/strict";
import fc from "fast-check";
import { EVERY_RIGHT, Right, toLandlockRules } from "./_landlock_rules.ts";
import { isWithin } from "./_paths.ts";
import type { Confinement } from "./confinement.ts";

const ignore = Deno.build.os !== "linux";
const READ = Right.execute | Right.readFile | Right.readDirectory;
const CHANGE = EVERY_RIGHT & ~READ & ~Right.controlDevice &
  ~Right.makeBlockDevice & ~Right.makeCharacterDevice;

const nothing: Confinement = {
  reads: [],
  hidden: [],
  writes: [],
  shielded: [],
  network: false,
};

/** What Landlock grants for a path: all that the directories above grant. */
function rightsOf(path: string, limits: Confinement): number {
  return toLandlockRules(limits)
    .filter((rule) => isWithin(rule.path, path))
    .reduce((rights, rule) => rights | rule.rights, 0);
}

const branches = ["a", "b", "a/c", "a/d", "a/c/e", "b/f", "b/f/g"];
const leaves = ["a/1", "a/c/2", "a/c/e/3", "b/4", "b/f/g/5", "6"];
const everything = ["", ...branches, ...leaves];

function makeTree(): Disposable & { base: string } {
  const base = Deno.realPathSync(Deno.makeTempDirSync());
  for (const name of branches) Deno.mkdirSync(`${base}/${name}`);
  for (const name of leaves) Deno.writeTextFileSync(`${base}/${name}`, "");
  return {
    base,
    [Symbol.dispose]: () => Deno.removeSync(base, { recursive: true }),
  };
}

Deno.test({
  name:
    "toLandlockRules: what is hidden has no rights, all beside it has, whatever is hidden",
  ignore,
}, () => {
  using tree = makeTree();
  const at = (name: string): string =>
    name ? `${tree.base}/${name}` : tree.base;
  const names = fc.uniqueArray(
    fc.constantFrom(...everything, "a/missing", "b/missing/too"),
    { maxLength: 5 },
  );
  fc.assert(fc.property(names, (chosen) => {
    const hidden = chosen.map(at);
    const limits = { ...nothing, reads: [tree.base], hidden };
    for (const name of everything) {
      const path = at(name);
      const isHidden = hidden.some((it) => isWithin(it, path));
      const isAbove = hidden.some((it) => isWithin(path, it));
      assert.equal(
        rightsOf(path, limits) & READ,
        isHidden || isAbove ? 0 : READ,
        `${name} without ${chosen.join()}`,
      );
    }
    // What appears later where something is hidden may be that.
    for (const path of hidden) {
      assert.equal(rightsOf(`${path}/later`, limits), 0);
    }
  }));
});

Deno.test({
  name:
    "toLandlockRules: what may be written has all rights but to read, nothing else has",
  ignore,
}, () => {
  using tree = makeTree();
  const at = (name: string): string =>
    name ? `${tree.base}/${name}` : tree.base;
  const names = fc.uniqueArray(fc.constantFrom(...everything), {
    maxLength: 4,
  });
  fc.assert(fc.property(names, (chosen) => {
    const writes = chosen.map(at);
    for (const name of everything) {
      const isWritable = writes.some((it) => isWithin(it, at(name)));
      assert.equal(
        rightsOf(at(name), { ...nothing, writes }),
        isWritable ? CHANGE : 0,
        `${name} of ${chosen.join()}`,
      );
    }
  }));
});

Deno.test({
  name:
    "toLandlockRules: with all to be read, devices are only those that do no harm",
  ignore,
}, () => {
  const limits: Confinement = { ...nothing, reads: "all" };
  assert.equal(rightsOf("/etc/passwd", limits), READ);
  assert.equal(rightsOf("/proc/self/status", limits), READ);
  assert.equal(rightsOf("/", limits), Right.readDirectory);
  const device = Right.readFile | Right.writeFile | Right.truncate |
    Right.controlDevice | Right.readDirectory;
  for (const name of ["null", "zero", "full", "random", "urandom", "tty"]) {
    assert.equal(rightsOf(`/dev/${name}`, limits), device, name);
  }
  for (
    const name of ["sda", "mem", "kvm", "ptmx", "pts/0", "shm/x", "console"]
  ) {
    assert.equal(rightsOf(`/dev/${name}`, limits), Right.readDirectory, name);
  }
});

Deno.test({
  name:
    "toLandlockRules: with all to be written, not what switches the machine",
  ignore,
}, () => {
  for (const writes of ["all", ["/"]] as const) {
    const limits: Confinement = { ...nothing, reads: "all", writes };
    assert.equal(rightsOf("/etc/passwd", limits), READ | CHANGE);
    for (const path of ["/proc/sys/kernel/core_pattern", "/sys/power/state"]) {
      assert.equal(rightsOf(path, limits), READ);
    }
    assert.equal(rightsOf("/dev/sda", limits), Right.readDirectory);
    // Named, it is wanted.
    const shared = { ...limits, writes: ["/dev/shm"] };
    assert.equal(rightsOf("/dev/shm/x", shared) & CHANGE, CHANGE);
  }
});

Deno.test({
  name: "toLandlockRules: what is missing has no rule",
  ignore,
}, () => {
  using tree = makeTree();
  const path = `${tree.base}/missing`;
  const limits: Confinement = { ...nothing, reads: [path], writes: [path] };
  assert.deepEqual(toLandlockRules(limits), toLandlockRules(nothing));
});

Deno.test({
  name: "toLandlockRules: a file that was replaced is another one",
  ignore,
}, () => {
  using tree = makeTree();
  const limits = { ...nothing, writes: [`${tree.base}/6`] };
  const before = toLandlockRules(limits);
  assert.deepEqual(toLandlockRules(limits), before);
  Deno.writeTextFileSync(`${tree.base}/7`, "");
  Deno.renameSync(`${tree.base}/7`, `${tree.base}/6`);
  assert.notDeepEqual(toLandlockRules(limits), before);
});
