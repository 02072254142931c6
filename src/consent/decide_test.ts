import assert from "node:assert/strict";
import type { AskForApproval, GranularApprovals } from "../protocol/mod.ts";
import {
  type CommandOrder,
  decide,
  decideRetry,
  type Decision,
  ExecRules,
  parseRules,
  SessionApprovals,
} from "./mod.ts";

const rules = new ExecRules(parseRules(`
prefix_rule(pattern=["mkdir"], decision="allow")
prefix_rule(pattern=["cp"], decision="prompt")
prefix_rule(pattern=["ln"], decision="prompt", justification="links need care")
prefix_rule(pattern=["mv"], decision="forbidden")
prefix_rule(pattern=["chmod"], decision="forbidden", justification="no modes")
`));

function toOrder(
  script: string,
  changes: Partial<CommandOrder> = {},
): CommandOrder {
  return {
    argv: ["/bin/bash", "-c", script],
    cwd: "/w",
    approvalPolicy: "on-request",
    isConfined: true,
    isEscalated: false,
    hasTerminal: false,
    rules,
    sessionApprovals: new SessionApprovals(),
    ...changes,
  };
}

function granular(
  sandbox_approval: boolean,
  rules: boolean,
): { granular: GranularApprovals } {
  return { granular: { sandbox_approval, rules, mcp_elicitations: false } };
}

/** In the order of the columns below; each in a sandbox and without. */
const policies: readonly AskForApproval[] = [
  "untrusted",
  "on-request",
  "never",
  granular(true, true),
  granular(true, false),
  granular(false, true),
  granular(false, false),
];

/**
 * Scripts, `E` for those that ask to leave the sandbox, and what is decided:
 * `run` in the sandbox, run it `out`side, `ask` whether to do either, with a `+`
 * for the offer of a rule, or `no`.
 */
const matrix: readonly (readonly [script: string, ...outcomes: string[]])[] = [
  [
    "cat a.txt",
    "ask out+",
    "ask out+",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
  ],
  [
    "E cat a.txt",
    "ask out+",
    "ask out+",
    "ask out+",
    "out",
    "no",
    "no",
    "ask out+",
    "out",
    "ask out+",
    "out",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "touch z",
    "ask out+",
    "ask out+",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
  ],
  [
    "E touch z",
    "ask out+",
    "ask out+",
    "ask out+",
    "out",
    "no",
    "no",
    "ask out+",
    "out",
    "ask out+",
    "out",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "rm -rf x",
    "ask out+",
    "ask out+",
    "ask+",
    "ask+",
    "no",
    "no",
    "ask+",
    "ask+",
    "ask+",
    "ask+",
    "ask",
    "ask",
    "ask",
    "ask",
  ],
  [
    "E rm -rf x",
    "ask out+",
    "ask out+",
    "ask out+",
    "ask out+",
    "no",
    "no",
    "ask out+",
    "ask out+",
    "ask out+",
    "ask out+",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "echo hi > z",
    "ask out+",
    "ask out+",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
  ],
  [
    "E echo hi > z",
    "ask out+",
    "ask out+",
    "ask out+",
    "out",
    "no",
    "no",
    "ask out+",
    "out",
    "ask out+",
    "out",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "mkdir z",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
    "out",
  ],
  [
    "E mkdir z",
    "out",
    "out",
    "out",
    "out",
    "no",
    "no",
    "out",
    "out",
    "out",
    "out",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "mkdir z && touch z/b",
    "ask out+",
    "ask out+",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
    "run",
  ],
  [
    "E mkdir z && touch z/b",
    "ask out+",
    "ask out+",
    "ask out+",
    "out",
    "no",
    "no",
    "ask out+",
    "out",
    "ask out+",
    "out",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "cp a b",
    "ask out",
    "ask out",
    "ask",
    "ask",
    "no",
    "no",
    "ask",
    "ask",
    "no",
    "no",
    "ask",
    "ask",
    "no",
    "no",
  ],
  [
    "E cp a b",
    "ask out",
    "ask out",
    "ask out",
    "ask out",
    "no",
    "no",
    "ask out",
    "ask out",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "ls && cp a b && touch q",
    "ask out",
    "ask out",
    "ask",
    "ask",
    "no",
    "no",
    "ask",
    "ask",
    "no",
    "no",
    "ask",
    "ask",
    "no",
    "no",
  ],
  [
    "mv a b",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "E mv a b",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
  ],
  [
    "cp a q && mv q b",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
    "no",
  ],
];

function toOutcome(decision: Decision): string {
  switch (decision.kind) {
    case "run":
      return "run";
    case "runUnconfined":
      return "out";
    case "refuse":
      return "no";
    case "ask":
      return (decision.accepted === "run" ? "ask" : "ask out") +
        (decision.amendment === undefined ? "" : "+");
  }
}

for (const [entry, ...outcomes] of matrix) {
  Deno.test(`decide() about ${entry} under every policy`, () => {
    const isEscalated = entry.startsWith("E ");
    const script = isEscalated ? entry.slice(2) : entry;
    const found = policies.flatMap((approvalPolicy) =>
      [true, false].map((isConfined) =>
        toOutcome(
          decide(toOrder(script, { approvalPolicy, isConfined, isEscalated })),
        )
      )
    );
    assert.deepEqual(found, outcomes);
  });
}

const escalated = { isEscalated: true, justification: "why?" };

Deno.test("decide() asks with the model's reason and offers the rule second", () => {
  assert.deepEqual(decide(toOrder("touch z && echo made", escalated)), {
    kind: "ask",
    reason: "why?",
    availableDecisions: [
      "accept",
      {
        acceptWithExecpolicyAmendment: { execpolicy_amendment: ["touch", "z"] },
      },
      "cancel",
    ],
    amendment: ["touch", "z"],
    accepted: "runUnconfined",
  });
});

Deno.test("decide() asks with a rule's reason and offers no other", () => {
  const question = (script: string) => decide(toOrder(script));
  assert.deepEqual(question("cp a b"), {
    kind: "ask",
    reason: "`/bin/bash -c 'cp a b'` requires approval by policy",
    availableDecisions: ["accept", "cancel"],
    amendment: undefined,
    accepted: "run",
  });
  assert.deepEqual(question("ln a b"), {
    kind: "ask",
    reason: "`/bin/bash -c 'ln a b'` requires approval: links need care",
    availableDecisions: ["accept", "cancel"],
    amendment: undefined,
    accepted: "run",
  });
});

/** What a model reads when it is refused. */
const refusals: readonly (readonly [
  script: string,
  changes: Partial<CommandOrder>,
  text: string,
])[] = [
  [
    "mv a b",
    {},
    'exec_command failed: CreateProcess { message: "Rejected(\\"`/bin/bash ' +
    "-c 'mv a b'` rejected: policy forbids commands starting with " +
    '`mv`\\")" }',
  ],
  [
    "chmod 7 a",
    {},
    'exec_command failed: CreateProcess { message: "Rejected(\\"`/bin/bash ' +
    "-c 'chmod 7 a'` rejected: no modes\\\")\" }",
  ],
  [
    "rm -rf x",
    { approvalPolicy: "never" },
    'exec_command failed: CreateProcess { message: "Rejected(\\"`/bin/bash ' +
    "-c 'rm -rf x'` rejected: rm -f style commands are not permitted. Use a " +
    'safer approach\\")" }',
  ],
  [
    "cp a b",
    { approvalPolicy: "never" },
    'exec_command failed: CreateProcess { message: "Rejected(\\"approval ' +
    'required by policy, but AskForApproval is set to Never\\")" }',
  ],
  [
    "cp a b",
    { approvalPolicy: granular(true, false) },
    'exec_command failed: CreateProcess { message: "Rejected(\\"approval ' +
    "required by policy rule, but AskForApproval::Granular.rules is " +
    'false\\")" }',
  ],
  [
    "ls",
    { approvalPolicy: "never", isEscalated: true },
    "approval policy is Never; reject command — you cannot ask for escalated " +
    "permissions if the approval policy is Never",
  ],
  [
    "ls",
    { approvalPolicy: granular(false, true), isEscalated: true },
    "approval policy is Granular(GranularApprovalConfig { sandbox_approval: " +
    "false, rules: true, skill_approval: false, request_permissions: false, " +
    "mcp_elicitations: false }); reject command — you cannot ask for escalated " +
    "permissions if the approval policy is Granular(GranularApprovalConfig { " +
    "sandbox_approval: false, rules: true, skill_approval: false, " +
    "request_permissions: false, mcp_elicitations: false })",
  ],
];

for (const [script, changes, text] of refusals) {
  Deno.test(`decide() refuses ${script}: ${JSON.stringify(changes)}`, () => {
    assert.deepEqual(decide(toOrder(script, changes)), {
      kind: "refuse",
      text,
    });
  });
}

/** Scripts, the rule that a model proposes, and the one that is offered. */
const proposals: readonly (readonly [
  script: string,
  proposed: readonly string[],
  offered: readonly string[],
])[] = [
  ["touch z", ["touch"], ["touch"]],
  ["touch a && touch b", ["touch"], ["touch"]],
  ["touch a && rmdir b", ["touch"], ["touch", "a"]],
  ["touch z", ["rm"], ["touch", "z"]],
  ["touch z", [], ["touch", "z"]],
  ["touch z", ["touch", "z", "y"], ["touch", "z"]],
  ["python3 -c 1", ["python3"], ["python3", "-c", "1"]],
  ["python3 -c 1", ["python3", "-c"], ["python3", "-c", "1"]],
  ["python3.11 -c 1", ["python3.11"], ["python3.11", "-c", "1"]],
  ["/usr/bin/env a b", ["/usr/bin/env"], ["/usr/bin/env", "a", "b"]],
  ["bash -lc ls", ["bash", "-lc"], ["bash", "-lc", "ls"]],
  ["sudo ls", ["sudo"], ["sudo", "ls"]],
  ["git push x", ["git"], ["git", "push", "x"]],
  ["git push x", ["git", "push"], ["git", "push"]],
  ["npm run x", ["npm", "run"], ["npm", "run"]],
  ["echo a > b", ["echo"], ["/bin/bash", "-c", "echo a > b"]],
  ["echo a > b", ["/bin/bash", "-c"], ["/bin/bash", "-c", "echo a > b"]],
  ["mkdir a && touch b", ["mkdir"], ["touch", "b"]],
];

for (const [script, proposedPrefix, offered] of proposals) {
  Deno.test(`decide() offers ${JSON.stringify(offered)} for ${script} and ${JSON.stringify(proposedPrefix)}`, () => {
    const decision = decide(toOrder(script, { ...escalated, proposedPrefix }));
    assert.ok(decision.kind === "ask");
    assert.deepEqual(decision.amendment, offered);
  });
}

Deno.test("decide() takes a proposed rule from escalated commands only", () => {
  const decision = decide(toOrder("touch z", {
    approvalPolicy: "untrusted",
    proposedPrefix: ["touch"],
  }));
  assert.ok(decision.kind === "ask");
  assert.deepEqual(decision.amendment, ["touch", "z"]);
});

/** Scripts that contain `touch z` and more, or only look like it. */
const wider: readonly string[] = [
  "touch z; rm -rf /",
  "touch z && rm x",
  "touch z || rm x",
  "touch z | rm x",
  "touch z & rm x",
  "touch z\nrm x",
  "touch z\r\nrm x",
  "touch z; (rm x)",
  "touch z $(rm x)",
  "touch z `rm x`",
  'touch z "$(rm x)"',
  "touch z <(rm x)",
  "touch z > /etc/passwd",
  "touch z 2>x",
  "touch z # x\nrm x",
  "touch z \\\n; rm x",
  "FOO=x touch z",
  "LD_PRELOAD=/tmp/x.so touch z",
  "PATH=/tmp touch z",
  "env touch z",
  "env LD_PRELOAD=x touch z",
  "sudo touch z",
  "command touch z",
  "exec touch z",
  "nohup touch z &",
  "touch z &",
  "./touch z",
  "/tmp/touch z",
  "../bin/touch z",
  "'touch' z",
  "t'ouch' z",
  "to\\uch z",
  "touch\u00a0z",
  "touch\u200b z",
  "tоuch z",
  "touch z\0; rm x",
  "touch z\u2028rm x",
  "touch z\u0085rm x",
  "touch{,} z",
  "touch ~",
  "alias touch=rm; touch z",
  "touch() { rm x; }; touch z",
  "if touch z; then rm x; fi",
  "for i in 1; do touch z; rm x; done",
  "! touch z",
  "time touch z",
  "bash -c 'touch z; rm x'",
  "xargs touch z",
  "cd /; touch z",
];

Deno.test("decide() does not let a rule for touch z run anything else", () => {
  const allowed = new ExecRules().withAllowed(["touch", "z"]);
  const decisionOn = (script: string) =>
    decide(toOrder(script, { approvalPolicy: "untrusted", rules: allowed }));
  assert.deepEqual(decisionOn("touch z"), { kind: "runUnconfined" });
  assert.deepEqual(decisionOn("touch z && touch z"), { kind: "runUnconfined" });
  for (const script of wider) {
    assert.equal(decisionOn(script).kind, "ask", JSON.stringify(script));
  }
});

Deno.test("decide() does not let a wide rule take anything out of the sandbox", () => {
  const allowed = new ExecRules().withAllowed(["touch"]);
  for (const script of wider) {
    const decision = decide(toOrder(script, { rules: allowed }));
    assert.notEqual(decision.kind, "runUnconfined", JSON.stringify(script));
  }
});

Deno.test("decide() does not let an approval of touch z run anything else", () => {
  const sessionApprovals = new SessionApprovals();
  const order = (script: string, changes: Partial<CommandOrder> = {}) =>
    toOrder(script, {
      approvalPolicy: "untrusted",
      sessionApprovals,
      rules: new ExecRules(),
      ...changes,
    });
  sessionApprovals.add(order("touch z"), "runUnconfined");
  assert.deepEqual(decide(order("touch z")), { kind: "runUnconfined" });
  for (
    const script of [...wider, "touch  z", "touch z ", "touch z y", "touch z;"]
  ) assert.equal(decide(order(script)).kind, "ask", JSON.stringify(script));
  for (
    const changes of [
      { cwd: "/w/sub" },
      { isEscalated: true },
      { hasTerminal: true },
      { argv: ["/bin/sh", "-c", "touch z"] },
      { argv: ["touch", "z"] },
      { argv: ["/bin/bash", "-c", "touch z", "x"] },
    ]
  ) assert.equal(decide(order("touch z", changes)).kind, "ask");
  const login = order("touch z", { argv: ["/bin/bash", "-lc", "touch z"] });
  assert.equal(decide(login).kind, "ask");
});

Deno.test("decide() forbids what was approved before a rule forbade it", () => {
  const sessionApprovals = new SessionApprovals();
  sessionApprovals.add(toOrder("mv a b"), "runUnconfined");
  assert.equal(decide(toOrder("mv a b", { sessionApprovals })).kind, "refuse");
});

Deno.test("decide() asks about forced removals whatever the rules allow", () => {
  const allowed = new ExecRules().withAllowed(["rm"]);
  for (const script of ["rm -rf x", "rm -rf x && rm y", "rm -rf x > y"]) {
    assert.equal(decide(toOrder(script, { rules: allowed })).kind, "ask");
    const never = { rules: allowed, approvalPolicy: "never" } as const;
    assert.equal(decide(toOrder(script, never)).kind, "refuse");
  }
});

Deno.test("decide() runs nothing outside for a command without words", () => {
  assert.deepEqual(decide(toOrder("", { argv: [] })), { kind: "run" });
  assert.deepEqual(decide(toOrder("")), { kind: "run" });
});

Deno.test("decideRetry() asks if the policy asks about sandboxes", () => {
  const sandbox = { approvalPolicy: granular(true, false) };
  const question = (
    script: string,
    offered: readonly string[] | undefined,
  ) => ({
    kind: "ask",
    reason: "command failed; retry without sandbox?",
    availableDecisions: offered === undefined ? ["accept", "cancel"] : [
      "accept",
      { acceptWithExecpolicyAmendment: { execpolicy_amendment: offered } },
      "cancel",
    ],
    amendment: offered,
    accepted: "runUnconfined",
    script,
  });
  for (
    const [script, offered] of [
      ["touch z", ["touch", "z"]],
      ["echo hi > z", ["/bin/bash", "-c", "echo hi > z"]],
      ["mkdir a && touch b", undefined],
    ] as const
  ) {
    assert.deepEqual(
      { ...decideRetry(toOrder(script, sandbox)), script },
      question(script, offered),
    );
  }
  assert.equal(
    decideRetry(toOrder("touch z", { ...sandbox, isConfined: false })),
    undefined,
  );
  for (
    const approvalPolicy of [
      "on-request",
      "untrusted",
      "never",
      granular(false, true),
    ] as const
  ) {
    assert.equal(
      decideRetry(toOrder("touch z", { approvalPolicy })),
      undefined,
    );
  }
});

Deno.test("decide() takes an approval of a command in the sandbox for no more than that", () => {
  const sessionApprovals = new SessionApprovals();
  const confined = toOrder("rm -f x", {
    approvalPolicy: "on-request",
    sessionApprovals,
  });
  const question = decide(confined);
  assert.equal(question.kind === "ask" && question.accepted, "run");
  sessionApprovals.add(confined, "run");
  assert.deepEqual(decide(confined), { kind: "run" });
  // There, a yes means to leave the sandbox.
  const wider = { ...confined, approvalPolicy: "untrusted" } as const;
  assert.equal(decide(wider).kind, "ask");
  sessionApprovals.add(wider, "runUnconfined");
  assert.deepEqual(decide(wider), { kind: "runUnconfined" });
});
