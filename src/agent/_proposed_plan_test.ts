import assert from "node:assert/strict";
import fc from "fast-check";
import { type PlanPiece, ProposedPlan, splitPlan } from "./_proposed_plan.ts";

/** What comes of a text that arrives in these pieces. */
function feed(pieces: readonly string[]): PlanPiece[] {
  const parser = new ProposedPlan();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.finish()];
}

function join(pieces: readonly PlanPiece[], isPlan: boolean): string {
  return pieces.filter((piece) => piece.isPlan === isPlan).map(({ text }) =>
    text
  ).join("");
}

Deno.test("ProposedPlan tells lines between tags from those around them", () => {
  assert.deepEqual(
    splitPlan("Intro\n<proposed_plan>\n1. do\n</proposed_plan>\nbye"),
    {
      said: "Intro\nbye",
      plan: "1. do\n",
    },
  );
  assert.deepEqual(splitPlan("no plan"), { said: "no plan", plan: null });
  assert.deepEqual(splitPlan("<proposed_plan>\nopen"), {
    said: "",
    plan: "open",
  });
  assert.deepEqual(splitPlan("<proposed_plan>\nonly\n</proposed_plan>"), {
    said: "",
    plan: "only\n",
  });
});

Deno.test("ProposedPlan takes a tag within a line for text", () => {
  const text =
    "Intro <proposed_plan>\n1. do\n</proposed_plan> bye\n</proposed_plan>\n";
  assert.deepEqual(splitPlan(text), { said: text, plan: null });
});

Deno.test("ProposedPlan holds back no more than a line that may be a tag", () => {
  const parser = new ProposedPlan();
  assert.deepEqual(parser.push("Intro <prop"), [{
    isPlan: false,
    text: "Intro <prop",
  }]);
  assert.deepEqual(parser.push("osed\n<prop"), [{
    isPlan: false,
    text: "osed\n",
  }]);
  assert.deepEqual(parser.push("er"), [{ isPlan: false, text: "<proper" }]);
});

Deno.test("ProposedPlan gives the same however the text is cut", () => {
  const bits = fc.array(
    fc.constantFrom(
      "<proposed_plan>",
      "</proposed_plan>",
      "\n",
      "a",
      " ",
      "<",
      "pro",
      "\r\n",
    ),
    { maxLength: 20 },
  );
  fc.assert(fc.property(bits, fc.array(fc.nat(60)), (words, cuts) => {
    const text = words.join("");
    const at = [...new Set(cuts)].filter((cut) => cut < text.length).sort((
      a,
      b,
    ) => a - b);
    const pieces = [0, ...at].map((start, n) => text.slice(start, at[n]));
    const whole = splitPlan(text);
    const parts = feed(pieces);
    assert.equal(join(parts, false), whole.said);
    assert.equal(join(parts, true), whole.plan ?? "");
  }));
});
