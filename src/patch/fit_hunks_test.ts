import assert from "node:assert/strict";
import fc from "fast-check";
import { workMs } from "../../tests/kit/work_time.ts";
import { fitHunks } from "./fit_hunks.ts";
import { parsePatch, PatchError } from "./mod.ts";
import type { Hunk } from "./patch.ts";
import { toUnifiedDiff } from "./unified_diff.ts";

/**
 * What becomes of a file: its content, the body of an update, the new content
 * and the diff of the item; or nothing and what a model is told.
 */
const known: readonly (readonly [
  name: string,
  before: string,
  body: string,
  after: string | null,
  diff: string,
])[] = [
  [
    "insNoAnchor",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n+new",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnew\n",
    "@@ -8 +8,2 @@\n eight\n+new\n",
  ],
  [
    "insAnchor",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ two\n+new",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnew\n",
    "@@ -8 +8,2 @@\n eight\n+new\n",
  ],
  [
    "insNoNl",
    "a\nb",
    "@@\n+new",
    "a\nb\nnew\n",
    "@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+new\n",
  ],
  ["insEmpty", "", "@@\n+new", "new\n", "@@ -0,0 +1 @@\n+new\n"],
  [
    "ctxIns",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n two\n+new\n three",
    "one\ntwo\nnew\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ -2,2 +2,3 @@\n two\n+new\n three\n",
  ],
  [
    "anchorLenient",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@   two  \n-three\n+3",
    "one\ntwo\n3\nfour\nfive\nsix\nseven\neight\n",
    "@@ -2,3 +2,3 @@\n two\n-three\n+3\n four\n",
  ],
  [
    "wsTrail",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-two   \n+2",
    "one\n2\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n",
  ],
  [
    "wsTrailFile",
    "a\nb  \nc\n",
    "@@\n-b\n+B",
    "a\nB\nc\n",
    "@@ -1,3 +1,3 @@\n a\n-b  \n+B\n c\n",
  ],
  [
    "wsLead",
    "a\n   b\nc\n",
    "@@\n-b\n+B",
    "a\nB\nc\n",
    "@@ -1,3 +1,3 @@\n a\n-   b\n+B\n c\n",
  ],
  [
    "uni",
    "x\na – b\n",
    "@@\n-a - b\n+B",
    "x\nB\n",
    "@@ -1,2 +1,2 @@\n x\n-a – b\n+B\n",
  ],
  [
    "uni2",
    "x\nsay “hi” it’s x\n",
    '@@\n-say "hi" it\'s x\n+B',
    "x\nB\n",
    "@@ -1,2 +1,2 @@\n x\n-say “hi” it’s x\n+B\n",
  ],
  [
    "uni3",
    "x\na…b\n",
    "@@\n-a...b\n+B",
    null,
    "Failed to find expected lines in /w/f:\na...b",
  ],
  [
    "uniCtxKept",
    "a – b\nc\n",
    "@@\n a - b\n-c\n+C",
    "a – b\nC\n",
    "@@ -1,2 +1,2 @@\n a – b\n-c\n+C\n",
  ],
  [
    "order2",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-six\n+6\n@@\n-two\n+2",
    null,
    "Failed to find expected lines in /w/f:\ntwo",
  ],
  [
    "order3",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-two\n+2\n@@\n-six\n+6",
    "one\n2\nthree\nfour\nfive\n6\nseven\neight\n",
    "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n@@ -5,3 +5,3 @@\n five\n-six\n+6\n seven\n",
  ],
  [
    "overlap",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-two\n-three\n+2\n@@\n-three\n+3",
    null,
    "Failed to find expected lines in /w/f:\nthree",
  ],
  [
    "same2",
    "x\nx\nx\n",
    "@@\n-x\n+1\n@@\n-x\n+2",
    "1\n2\nx\n",
    "@@ -1,3 +1,3 @@\n-x\n-x\n+1\n+2\n x\n",
  ],
  [
    "eofMid",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-two\n+2\n*** End of File",
    null,
    "Failed to find expected lines in /w/f:\ntwo",
  ],
  [
    "eofThen",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-eight\n+8\n*** End of File\n@@\n-two\n+2",
    null,
    "Failed to find expected lines in /w/f:\ntwo",
  ],
  [
    "eofThen2",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-two\n+2\n*** End of File\n@@\n-six\n+6",
    null,
    "Failed to find expected lines in /w/f:\ntwo",
  ],
  [
    "eofMissing",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-zwei\n+2\n*** End of File",
    null,
    "Failed to find expected lines in /w/f:\nzwei",
  ],
  [
    "trailingBlankCtx",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-eight\n+8\n ",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\n8\n",
    "@@ -7,2 +7,2 @@\n seven\n-eight\n+8\n",
  ],
  [
    "trailingBlankCtx2",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-eight\n+8\n",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\n8\n",
    "@@ -7,2 +7,2 @@\n seven\n-eight\n+8\n",
  ],
  [
    "blankLine",
    "one\n\ntwo\n",
    "@@\n one\n\n-two\n+2",
    "one\n\n2\n",
    "@@ -2,2 +2,2 @@\n \n-two\n+2\n",
  ],
  [
    "blankBetween",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-two\n+2\n\n@@\n-six\n+6",
    "one\n2\nthree\nfour\nfive\n6\nseven\neight\n",
    "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n@@ -5,3 +5,3 @@\n five\n-six\n+6\n seven\n",
  ],
  [
    "anchorSame",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ two\n-two\n+2",
    null,
    "Failed to find expected lines in /w/f:\ntwo",
  ],
  [
    "anchorSub",
    "  def foo():  \nx\n",
    "@@ def foo():\n-x\n+y",
    "  def foo():  \ny\n",
    "@@ -1,2 +1,2 @@\n   def foo():  \n-x\n+y\n",
  ],
  [
    "anchorPartial",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ tw\n-three\n+3",
    null,
    "Failed to find context 'tw' in /w/f",
  ],
  [
    "atSuffix",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ two @@\n-three\n+3",
    null,
    "Failed to find context 'two @@' in /w/f",
  ],
  [
    "gitHead",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ -1,2 +1,2 @@\n-two\n+2",
    null,
    "Failed to find context '-1,2 +1,2 @@' in /w/f",
  ],
  ["delAll", "a\n", "@@\n-a", "", "@@ -1 +0,0 @@\n-a\n"],
  [
    "delAllNoNl",
    "a",
    "@@\n-a",
    "",
    "@@ -1 +0,0 @@\n-a\n\\ No newline at end of file\n",
  ],
  [
    "noNl2",
    "a\nb",
    "@@\n-a\n+A",
    "A\nb\n",
    "@@ -1,2 +1,2 @@\n-a\n-b\n\\ No newline at end of file\n+A\n+b\n",
  ],
  [
    "noNlEof",
    "a\nb",
    "@@\n a\n-b\n+B\n*** End of File",
    "a\nB\n",
    "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n",
  ],
  [
    "mixedEol",
    "a\r\nb\nc\r\n",
    "@@\n-b\n+B",
    "a\r\nB\r\nc\r\n",
    "@@ -1,3 +1,3 @@\n a\r\n-b\n+B\r\n c\r\n",
  ],
  [
    "mixedEol2",
    "a\nb\r\nc\n",
    "@@\n-b\n+B",
    "a\nB\nc\n",
    "@@ -1,3 +1,3 @@\n a\n-b\r\n+B\n c\n",
  ],
  [
    "crlfPatch",
    "a\nb\nc\n",
    "@@\r\n-b\r\n+B\r",
    "a\nB\nc\n",
    "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n",
  ],
  [
    "crlfBoth",
    "a\r\nb\r\nc\r\n",
    "@@\r\n-b\r\n+B\r\n+D\r",
    "a\r\nB\r\nD\r\nc\r\n",
    "@@ -1,3 +1,4 @@\n a\r\n-b\r\n+B\r\n+D\r\n c\r\n",
  ],
  [
    "crlfIns",
    "a\r\nb\r\nc\r\n",
    "@@\n b\n+x\n+y",
    "a\r\nb\r\nx\r\ny\r\nc\r\n",
    "@@ -2,2 +2,4 @@\n b\r\n+x\r\n+y\r\n c\r\n",
  ],
  [
    "crOnly",
    "a\rb\rc\r",
    "@@\n-b\n+B",
    "a\rB\rc\r",
    "@@ -1,3 +1,3 @@\n a\r-b\r+B\r c\r",
  ],
  [
    "bom",
    "﻿a\nb\n",
    "@@\n-a\n+A",
    null,
    "Failed to find expected lines in /w/f:\na",
  ],
  [
    "noopUpd",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-one\n+one",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "",
  ],
  [
    "ctxOnlyMid",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n one\n two",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "",
  ],
  [
    "plusSpaceEnd",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n-one\n+1\n*** End Patch",
    "1\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@ -1,2 +1,2 @@\n-one\n+1\n two\n",
  ],
  [
    "delMid",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n three\n-four\n five",
    "one\ntwo\nthree\nfive\nsix\nseven\neight\n",
    "@@ -3,3 +3,2 @@\n three\n-four\n five\n",
  ],
  [
    "multi3",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n one\n-two\n+2\n three\n@@ five\n six\n-seven\n+7",
    "one\n2\nthree\nfour\nfive\nsix\n7\neight\n",
    "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n@@ -6,3 +6,3 @@\n six\n-seven\n+7\n eight\n",
  ],
  [
    "eofPad",
    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
    "@@\n six\n-seven\n+7\n eight\n*** End of File",
    "one\ntwo\nthree\nfour\nfive\nsix\n7\neight\n",
    "@@ -6,3 +6,3 @@\n six\n-seven\n+7\n eight\n",
  ],
  [
    "lvl1",
    "b  \nb\n",
    "@@\n-b\n+X",
    "b  \nX\n",
    "@@ -1,2 +1,2 @@\n b  \n-b\n+X\n",
  ],
  [
    "lvl2",
    "  b\nb  \n",
    "@@\n-b\n+X",
    "  b\nX\n",
    "@@ -1,2 +1,2 @@\n   b\n-b  \n+X\n",
  ],
  [
    "lvl3",
    "a–b\n  a-b\n",
    "@@\n-a-b\n+X",
    "a–b\nX\n",
    "@@ -1,2 +1,2 @@\n a–b\n-  a-b\n+X\n",
  ],
  [
    "eol1",
    "a\r\nb\nc\n",
    "@@\n-b\n+X\n+Y",
    "a\r\nX\r\nY\r\nc\n",
    "@@ -1,3 +1,4 @@\n a\r\n-b\n+X\r\n+Y\r\n c\n",
  ],
  [
    "eol2",
    "a\nb\r\nc\r\n",
    "@@\n-c\n+X\n+Y",
    "a\nb\r\nX\nY\n",
    "@@ -2,2 +2,3 @@\n b\r\n-c\r\n+X\n+Y\n",
  ],
  [
    "eol3",
    "a\nb\r\nc\r\n",
    "@@\n+X",
    "a\nb\r\nc\r\nX\n",
    "@@ -3 +3,2 @@\n c\r\n+X\n",
  ],
  [
    "eol4",
    "a\r\nb\nc",
    "@@\n+X",
    "a\r\nb\nc\r\nX\r\n",
    "@@ -2,2 +2,3 @@\n b\n-c\n\\ No newline at end of file\n+c\r\n+X\r\n",
  ],
  [
    "eol5",
    "a\r\nb",
    "@@\n-a\n+X",
    "X\r\nb\r\n",
    "@@ -1,2 +1,2 @@\n-a\r\n-b\n\\ No newline at end of file\n+X\r\n+b\r\n",
  ],
  [
    "eol6",
    "a\r\nb",
    "@@\n b\n+X",
    "a\r\nb\r\nX\r\n",
    "@@ -1,2 +1,3 @@\n a\r\n-b\n\\ No newline at end of file\n+b\r\n+X\r\n",
  ],
  [
    "eol7",
    "a\nb\r\n",
    "@@\n a\n-b\n+X\n+Y",
    "a\nX\nY\n",
    "@@ -1,2 +1,3 @@\n a\n-b\r\n+X\n+Y\n",
  ],
  [
    "eol8",
    "a\nb\r\n",
    "@@\n a\n-b\n+b",
    "a\nb\n",
    "@@ -1,2 +1,2 @@\n a\n-b\r\n+b\n",
  ],
  [
    "cr2",
    "a\rb",
    "@@\n+X",
    "a\rb\rX\r",
    "@@ -1,2 +1,3 @@\n a\r-b\n\\ No newline at end of file\n+b\r+X\r",
  ],
  ["cr3", "a\rb\n", "@@\n a\n+X", "a\rX\rb\n", "@@ -1,2 +1,3 @@\n a\r+X\r b\n"],
  [
    "cr4",
    "a\nb\rc\n",
    "@@\n-b\n+X",
    "a\nX\nc\n",
    "@@ -1,3 +1,3 @@\n a\n-b\r+X\n c\n",
  ],
  ["crInsert", "a\n", "@@\n+a\rb", "a\na\rb\n", "@@ -1 +1,3 @@\n a\n+a\r+b\n"],
  [
    "starSp",
    "a\n *** Update File: g\n",
    "@@\n-a\n+b\n *** Update File: g",
    "b\n *** Update File: g\n",
    "@@ -1,2 +1,2 @@\n-a\n+b\n  *** Update File: g\n",
  ],
  [
    "starSp2",
    "a\n*** Update File: g\n",
    "@@\n-a\n+b\n *** Update File: g",
    "b\n*** Update File: g\n",
    "@@ -1,2 +1,2 @@\n-a\n+b\n *** Update File: g\n",
  ],
  [
    "moveSp",
    "a\n",
    " *** Move to: g\n@@\n-a\n+b",
    null,
    "Failed to find expected lines in /w/f:\n*** Move to: g",
  ],
  [
    "eofSp",
    "a\n",
    "@@\n-a\n+b\n*** End of File  ",
    "b\n",
    "@@ -1 +1 @@\n-a\n+b\n",
  ],
  [
    "eofSp2",
    "a\n",
    "@@\n-a\n+b\n *** End of File",
    null,
    "Failed to find expected lines in /w/f:\na\n*** End of File",
  ],
  [
    "eofBlank",
    "a\n",
    "@@\n-a\n+b\n*** End of File\n\n",
    "b\n",
    "@@ -1 +1 @@\n-a\n+b\n",
  ],
  ["atSp", "a\n", "@@ \n-a\n+b", "b\n", "@@ -1 +1 @@\n-a\n+b\n"],
  ["atTr", "a\n", "@@   \n-a\n+b", "b\n", "@@ -1 +1 @@\n-a\n+b\n"],
  [
    "atLead",
    "a\n",
    "  @@\n-a\n+b",
    null,
    "Failed to find expected lines in /w/f:\n @@\na",
  ],
  ["blankFirst", "a\n", "\n@@\n-a\n+b", "b\n", "@@ -1 +1 @@\n-a\n+b\n"],
  ["blankOnly", "a\n\n", "@@\n\n", "a\n\n", ""],
  [
    "spOnly",
    "a\n",
    "@@\n-a\n+b\n   ",
    null,
    "Failed to find expected lines in /w/f:\na\n  ",
  ],
  [
    "longFail",
    "a\nb\n",
    "@@\n a\n-b\n+c\n d\n-e",
    null,
    "Failed to find expected lines in /w/f:\na\nb\nd\ne",
  ],
  [
    "secondFail",
    "a\n",
    "@@\n-a\n+b\n@@\n-z\n+y",
    null,
    "Failed to find expected lines in /w/f:\nz",
  ],
  [
    "eofIns",
    "a\n",
    "@@\n+x\n*** End of File",
    "a\nx\n",
    "@@ -1 +1,2 @@\n a\n+x\n",
  ],
  [
    "insThen",
    "a\nc\n",
    "@@\n+x\n@@\n-a\n+b",
    "b\nc\nx\n",
    "@@ -1,2 +1,3 @@\n-a\n+b\n c\n+x\n",
  ],
  [
    "insMulti",
    "a\n",
    "@@\n+x\n@@\n+y",
    "a\nx\ny\n",
    "@@ -1 +1,3 @@\n a\n+x\n+y\n",
  ],
  [
    "anchEof",
    "a\nb\nb\n",
    "@@ a\n-b\n+c\n*** End of File",
    "a\nb\nc\n",
    "@@ -2,2 +2,2 @@\n b\n-b\n+c\n",
  ],
  [
    "emptyCtx",
    "a\n\nb\n",
    "@@\n \n-b\n+c",
    "a\n\nc\n",
    "@@ -2,2 +2,2 @@\n \n-b\n+c\n",
  ],
  [
    "chars",
    "a-b c d\n",
    "@@\n-a−b c　d\n+X",
    "X\n",
    "@@ -1 +1 @@\n-a-b c d\n+X\n",
  ],
  [
    "chars2",
    "'a' 'b' \"c\" \"d\"\n",
    "@@\n-‘a’ ‚b‛ “c” „d‟\n+X",
    "X\n",
    "@@ -1 +1 @@\n-'a' 'b' \"c\" \"d\"\n+X\n",
  ],
  [
    "chars3",
    "a-b-c-d-e-f-g\n",
    "@@\n-a‐b‑c‒d–e—f―g\n+X",
    "X\n",
    "@@ -1 +1 @@\n-a-b-c-d-e-f-g\n+X\n",
  ],
  [
    "chars4",
    "a b c d e f g h i j k l\n",
    "@@\n-a b c d e f g h i j k l\n+X",
    "X\n",
    "@@ -1 +1 @@\n-a b c d e f g h i j k l\n+X\n",
  ],
  [
    "chars5",
    "ab\n",
    "@@\n-a​b\n+X",
    null,
    "Failed to find expected lines in /w/f:\na​b",
  ],
];

function toHunks(body: string): readonly Hunk[] {
  const [operation] = parsePatch(
    `*** Begin Patch\n*** Update File: f\n${body}\n*** End Patch`,
  ).operations;
  return operation?.kind === "update" ? operation.hunks : [];
}

for (const [name, before, body, after, diff] of known) {
  Deno.test(`fitHunks() ${after === null ? "refuses" : "fits"} ${name}`, () => {
    if (after === null) {
      assert.throws(() => fitHunks(before, toHunks(body), "/w/f"), (error) => {
        assert.ok(error instanceof PatchError);
        assert.equal(error.message, diff);
        return true;
      });
      return;
    }
    assert.equal(fitHunks(before, toHunks(body), "/w/f"), after);
    assert.equal(toUnifiedDiff(before, after, { context: 1 }), diff);
  });
}

/** An edit of a file: lines that stay, go or come. */
const edits = fc.array(
  fc.record({
    sign: fc.constantFrom(" " as const, "-" as const, "+" as const),
    text: fc.constantFrom("a", "b", "", "  c", "d "),
  }),
  { minLength: 1, maxLength: 30 },
);

Deno.test("fitHunks() with one hunk for the whole file gives the target", () => {
  fc.assert(fc.property(edits, (lines) => {
    const old = lines.filter(({ sign }) => sign !== "+");
    fc.pre(old.length > 0);
    const content = old.map(({ text }) => `${text}\n`).join("");
    const target = lines.filter(({ sign }) => sign !== "-")
      .map(({ text }) => `${text}\n`).join("");
    const hunks = [{ anchor: undefined, lines, isAtEnd: true }];
    assert.equal(fitHunks(content, hunks, "/f"), target);
  }));
});

Deno.test("fitHunks() with many hunks gives the target", () => {
  const changes = fc.uniqueArray(fc.nat(199), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(changes, (numbers) => {
    const lines = Array.from({ length: 200 }, (_one, at) => `line ${at}`);
    const target = lines.map((line, at) =>
      numbers.includes(at) ? `${line}!` : line
    );
    const hunks = numbers.toSorted((a, b) => a - b).map((at): Hunk => ({
      anchor: undefined,
      lines: [
        { sign: "-", text: lines[at]! },
        { sign: "+", text: target[at]! },
      ],
      isAtEnd: false,
    }));
    assert.equal(
      fitHunks(`${lines.join("\n")}\n`, hunks, "/f"),
      `${target.join("\n")}\n`,
    );
  }));
});

/** Milliseconds that some work takes at best. */
function bestOf(runs: number, work: () => void): number {
  return Math.min(...Array.from({ length: runs }, () => workMs(work)));
}

Deno.test("fitHunks() takes no second for 500 hunks in 50 000 lines", () => {
  const lines = Array.from(
    { length: 50_000 },
    (_one, at) => at % 3 === 0 ? "}" : `  statement(${at % 997});`,
  );
  for (const spoil of [(text: string) => text, (text: string) => `${text} `]) {
    const hunks = Array.from({ length: 500 }, (_one, at): Hunk => ({
      anchor: undefined,
      lines: [
        { sign: " ", text: spoil(lines[at * 100 + 1]!) },
        { sign: " ", text: spoil(lines[at * 100 + 2]!) },
        { sign: "-", text: spoil(lines[at * 100 + 3]!) },
        { sign: "+", text: "new" },
      ],
      isAtEnd: false,
    }));
    const content = `${lines.join("\n")}\n`;
    let after = "";
    const took = bestOf(2, () => after = fitHunks(content, hunks, "/f"));
    assert.equal(after.split("new\n").length - 1, 500);
    assert.ok(took < 1000, `${took} ms`);
  }
});

Deno.test("fitHunks() takes no second to find that 40 000 like lines differ", () => {
  const content = "a\n".repeat(40_000);
  const lines: Hunk["lines"] = [
    ...Array.from(
      { length: 20_000 },
      () => ({ sign: " ", text: "a" }) as const,
    ),
    { sign: "-", text: "b" },
  ];
  const hunks = [{ anchor: undefined, lines, isAtEnd: false }];
  const took = bestOf(
    2,
    () => assert.throws(() => fitHunks(content, hunks, "/f"), PatchError),
  );
  assert.ok(took < 1000, `${took} ms`);
});
