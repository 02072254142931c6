import { configurationOptions } from "./_configuration_options.ts";
import type { Command, Option } from "./command.ts";

const SANDBOXES = ["read-only", "workspace-write", "danger-full-access"];
const FREE = ["full-auto", "dangerously-bypass-approvals-and-sandbox"];

/** Options that a new session and a resumed one share. */
const common: readonly Option[] = [
  {
    name: "json",
    help: "Print events to standard output, one JSON object per line, in " +
      "place of the last message.",
  },
  { name: "experimental-json", hidden: true, help: "The same as --json." },
  {
    name: "output-schema",
    value: "FILE",
    names: "file",
    help: "JSON Schema that the last message has to fit.",
  },
  {
    name: "output-last-message",
    short: "o",
    value: "FILE",
    names: "file",
    help: "Write the last message to a file, too.",
  },
  {
    name: "model",
    short: "m",
    value: "MODEL",
    help: "Model to use. Default: as configured.",
  },
  {
    name: "image",
    short: "i",
    value: "FILE",
    names: "file",
    repeatable: true,
    help: "Attach an image to the prompt; several are separated by commas.",
  },
  {
    name: "dangerously-bypass-approvals-and-sandbox",
    help: "Run commands without a sandbox. For machines that are one.",
  },
  {
    name: "skip-git-repo-check",
    help: "Work in a directory that is in no git repository, too.",
  },
  ...configurationOptions,
  {
    name: "strict-config",
    help: "Do not start with configuration that is not understood.",
  },
];

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
  options: [
    ...common,
    {
      name: "sandbox",
      short: "s",
      value: "MODE",
      choices: SANDBOXES,
      conflicts: FREE,
      help: "What commands may touch. Default: as configured, else read-only.",
    },
    {
      name: "full-auto",
      conflicts: ["sandbox", "dangerously-bypass-approvals-and-sandbox"],
      help: "The same as --sandbox workspace-write.",
    },
    {
      name: "cd",
      short: "C",
      value: "DIR",
      names: "directory",
      help: "Directory to work in. Default: the current one.",
    },
    {
      name: "add-dir",
      value: "DIR",
      names: "directory",
      repeatable: true,
      help: "A further directory that belongs to the workspace.",
    },
    {
      name: "ephemeral",
      help: "Store nothing of the session.",
    },
    {
      name: "thread-source",
      value: "SOURCE",
      help: "What the session is listed as coming from.",
    },
    {
      name: "resume",
      value: "ID",
      conflicts: ["ephemeral", "thread-source"],
      help: "Go on with a session; the same as `gangway exec resume ID`.",
    },
    {
      name: "color",
      value: "WHEN",
      choices: ["always", "never", "auto"],
      help: "Whether progress has colours. Default: auto, on a terminal.",
    },
  ],
  commands: [{
    name: "resume",
    summary: "Go on with a session",
    description: "Gives the agent of an earlier session a further task.",
    operands: [
      {
        name: "SESSION_ID",
        optional: true,
        help: "Id or name of the session; not with --last.",
      },
      { name: "PROMPT", optional: true, help: "As in `gangway exec`." },
    ],
    options: [
      ...common,
      { name: "last", help: "The latest session of this directory." },
      { name: "all", help: "With --last: of any directory." },
    ],
    load: () => import("./exec_resume.ts"),
    sections: exits,
  }],
  load: () => import("./exec.ts"),
  sections: [
    {
      title: "Examples",
      lines: [
        `gangway exec "What does this project do?"`,
        `git diff | gangway exec "Review this change" > review.md`,
        `gangway exec --full-auto --json "Fix the tests" | jq -r .type`,
        `gangway exec resume --last "And now document it"`,
      ],
    },
    {
      title: "Environment",
      lines: [[
        "CODEX_API_KEY",
        "Key for the provider of this run, in place of who is signed in",
      ]],
    },
    ...exits,
  ],
};
