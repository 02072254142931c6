import { targetOptions } from "./_target_options.ts";
import type { Command } from "./command.ts";

/** `gangway run`. */
export const runCommand: Command = {
  name: "run",
  summary: "Run a command on a server as if it ran here",
  description: "Runs a command on a server, with this command's input, " +
    "output and terminal, and ends as it does. Without --url and --spawn the " +
    "server runs within this command. There is no shell in between.",
  operands: [{
    name: "COMMAND",
    rest: true,
    help: "Program and arguments. Options of `gangway run` stand in front of " +
      "it, or of a `--` before it.",
  }],
  options: [
    ...targetOptions,
    {
      name: "tty",
      conflicts: ["no-tty"],
      help: "Give it a terminal. Default: if standard input and output are " +
        "one. Ctrl-C then goes to the command, as all other keys do.",
    },
    {
      name: "no-tty",
      conflicts: ["tty"],
      help: "Give it pipes, which keep its two outputs apart.",
    },
    {
      name: "cwd",
      value: "DIR",
      help: "Directory of the server to run it in. Default: where the server " +
        "runs.",
    },
    {
      name: "env",
      value: "NAME=VALUE",
      repeatable: true,
      check: (value) =>
        /^[^=]+=/.test(value) ? undefined : "expected NAME=VALUE",
      help: "Set a variable beside those of the server.",
    },
    {
      name: "sandbox",
      value: "MODE",
      choices: ["read-only", "workspace-write", "danger-full-access"],
      help: "What it may touch. Default: as the server is configured.",
    },
    {
      name: "timeout",
      value: "MS",
      check: (value) =>
        /^[1-9]\d{0,9}$/.test(value)
          ? undefined
          : "expected milliseconds as a whole number from 1",
      help: "Kill it after so many milliseconds. Default: never.",
    },
  ],
  load: (other) => other("run"),
  sections: [
    {
      title: "Examples",
      lines: [
        "gangway run -- uname -a",
        "gangway run --url ws://127.0.0.1:4500 --token-env TOKEN -- bash",
        "tar c src | gangway run --url unix:// --cwd /srv/build -- tar x",
        "gangway run --sandbox read-only --timeout 5000 -- make --dry-run",
      ],
    },
    {
      title: "Signals",
      lines: [
        [
          "SIGINT, SIGTERM",
          "Kill the command and exit with 128 + the signal's number; a second " +
          "one does not wait for its end",
        ],
        ["SIGHUP", "The same, but a second one is like none"],
      ],
    },
    {
      title: "Exit codes",
      lines: [
        ["that of COMMAND", "128 + n when signal n ended it"],
        ["124", "It was killed because of --timeout"],
        ["141", "Nobody reads its output any more"],
        ["2", "The command line was not understood"],
        [
          "255",
          "The command could not be started, or the connection failed: stderr " +
          "says why",
        ],
      ],
    },
  ],
};
