/** What the model does when the user's message contains the word. */
export const KINDS = [
  "talk",
  "run",
  "stay",
  "patch",
  "think",
  "ask",
] as const;

/** A kind of turn. */
export type Kind = typeof KINDS[number];

/** Says something in many small pieces. */
function say(text: string): unknown {
  const deltas = Array.from({ length: 10 }, (_, at) => `${text} ${at}. `);
  return { say: deltas.join(""), deltas, everyMs: 4 };
}

const PATCH = [
  "apply_patch <<'EOF'",
  "*** Begin Patch",
  "*** Add File: note.txt",
  "+a line",
  "*** End Patch",
  "EOF",
].join("\n");

/** The script of the model: turns of all kinds, for ever. */
export const SCRIPT = {
  responses: [
    answered("Wall time", say("It ran")),
    answered("Success", say("Patched")),
    answered("ejected", say("I was not allowed to")),
    when("talk", [say("First"), say("and second")]),
    when("think", [
      { think: ["I think,", "I think again"], everyMs: 4 },
      say("Thought"),
    ]),
    when("run", [
      say("I run something"),
      call({ cmd: "echo begun; sleep 0.05; echo ended" }),
    ]),
    when("stay", [
      call({ cmd: "echo stays; sleep 1000", yield_time_ms: 250 }),
    ]),
    when("patch", [call({ cmd: PATCH })]),
    when("ask", [call({ cmd: "echo granted >> granted.txt" })]),
    { output: [{ say: "Fine" }], repeat: true },
  ],
};

/** Goes on when a call has an output like this. */
function answered(output: string, step: unknown): unknown {
  return { when: { output }, output: [step], repeat: true };
}

function when(user: string, output: unknown[]): unknown {
  return { when: { user }, output, repeat: true };
}

function call(args: object): unknown {
  return { call: "exec_command", arguments: args };
}
