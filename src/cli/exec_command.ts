import type { Command, Operand } from "./command.ts";
import { imageOption, ownOptions, sharedOptions } from "./exec_options.ts";

const exits: Command["sections"] = [
  {
    title: "Signals",
    lines: [[
      "SIGINT, SIGTERM",
      "Interrupt the turn and exit with 128 + the signal's number; a second " +
      "one does not wait for its end",
    ]],
  },
  {
    title: "Exit codes",
    lines: [
      ["0", "The turn is done"],
      ["1", "The turn failed, or could not be started: stderr says why"],
      ["2", "The command line was not understood, or there is no prompt"],
      ["130", "Interrupted"],
    ],
  },
];

const furtherPrompt: Operand = {
  name: "PROMPT",
  optional: true,
  help: "The task. Without it, or with `-`, standard input is the task.",
};

/** `gangway exec`. */
export const execCommand: Command = {
  name: "exec",
  aliases: ["e"],
  summary: "Have an agent do one task, for scripts and CI",
  description: "Gives an agent a task and ends when it is done: progress on " +
    "standard error, its last message on standard output. Nobody is asked " +
    "anything: what would need an approval is refused, and the agent told so.",
  operands: [{
    name: "PROMPT",
    optional: true,
    help: "The task. Without it, or with `-`, standard input is the task; " +
      "what is piped in beside it is put below it.",
  }],
  options: [...sharedOptions, ...ownOptions],
  commands: [
    {
      name: "resume",
      summary: "Go on with a session",
      description: "Gives the agent of an earlier session a further task.",
      operands: [
        {
          name: "SESSION_ID",
          optional: true,
          help: "Id or name of the session; not with --last.",
        },
        furtherPrompt,
      ],
      options: [
        ...sharedOptions,
        imageOption,
        { name: "last", help: "The latest session of this directory." },
        { name: "all", help: "With --last: of any directory." },
      ],
      load: (other) => other("execResume"),
      sections: exits,
    },
    {
      name: "fork",
      summary: "Go on with a copy of a session",
      description: "Begins a session with all that was said in an earlier " +
        "one, which stays as it is.",
      operands: [
        { name: "SESSION_ID", help: "Id or name of the session." },
        {
          name: "PROMPT",
          optional: true,
          help: "The task; `-` is standard input. Without it nothing is done " +
            "but the copy.",
        },
      ],
      options: [...sharedOptions, imageOption],
      load: (other) => other("execFork"),
      sections: exits,
    },
    {
      name: "review",
      summary: "Have an agent review changes",
      description: "Has an agent look for what is wrong with changes, and " +
        "ends with what it found.",
      operands: [{
        name: "PROMPT",
        optional: true,
        help: "What to review, in words; `-` is standard input. In place of " +
          "the options that name changes.",
      }],
      options: [
        ...sharedOptions,
        {
          name: "uncommitted",
          conflicts: ["base", "commit"],
          help: "Review what is not committed, new files included.",
        },
        {
          name: "base",
          value: "BRANCH",
          conflicts: ["commit"],
          help: "Review what a merge into the branch would bring.",
        },
        { name: "commit", value: "SHA", help: "Review a commit." },
        {
          name: "title",
          value: "TITLE",
          help: "With --commit: what the commit is called.",
        },
      ],
      load: (other) => other("execReview"),
      sections: exits,
    },
  ],
  load: (other) => other("exec"),
  sections: [
    {
      title: "Examples",
      lines: [
        `gangway exec "What does this project do?"`,
        `git diff | gangway exec "Review this change" > review.md`,
        `gangway exec --full-auto --json "Fix the tests" | jq -r .type`,
        `gangway exec resume --last "And now document it"`,
        `gangway exec review --base main`,
        `gangway exec --image before.png,after.png -- "What has changed?"`,
      ],
    },
    {
      title: "Environment",
      lines: [
        [
          "CODEX_API_KEY",
          "Key for the provider of this run, in place of who is signed in",
        ],
        [
          "CODEX_INTERNAL_ORIGINATOR_OVERRIDE",
          "Who asks, as sessions and providers are told",
        ],
        ["CODEX_OSS_BASE_URL", "With --oss: where the model is served"],
        ["CODEX_OSS_PORT", "With --oss: the port, on this machine"],
      ],
    },
    ...exits,
  ],
};
