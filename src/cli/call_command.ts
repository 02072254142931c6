import { targetOptions } from "./_target_options.ts";
import type { Command } from "./command.ts";

/** `gangway call`. */
export const callCommand: Command = {
  name: "call",
  summary: "Send one request and print its result",
  description: "Sends one request to a server, prints the result as JSON on " +
    "standard output and ends. Without --url and --spawn the server runs " +
    "within this command, so that a script needs no port.",
  operands: [
    { name: "METHOD", help: "Name of the method, such as fs/readFile." },
    {
      name: "PARAMS_JSON",
      optional: true,
      help: "Its parameters as JSON; `-` reads them from standard input.",
    },
  ],
  options: [
    ...targetOptions,
    {
      name: "timeout",
      value: "MS",
      check: (value) =>
        /^[1-9]\d{0,9}$/.test(value)
          ? undefined
          : "expected milliseconds as a whole number from 1",
      help: "Give up when connecting and the reply take longer than so many " +
        "milliseconds. Default: never.",
    },
    {
      name: "experimental",
      help: "Ask for the experimentalApi capability.",
    },
    {
      name: "gangway",
      help: "Ask for Gangway's additions to the protocol.",
    },
    {
      name: "follow",
      value: "METHOD",
      optionalValue: true,
      help: "Print notifications too, one JSON object per line, until " +
        "interrupted or until one of this name came.",
    },
  ],
  load: (other) => other("call"),
  sections: [
    {
      title: "Examples",
      lines: [
        `gangway call fs/readDirectory '{"path":"/tmp"}'`,
        "gangway call --url ws://127.0.0.1:4500 --token-env TOKEN model/list {}",
        "gangway call --spawn='codex app-server' configRequirements/read",
        `gangway call --follow fs/watch '{"watchId":"w","path":"/tmp"}'`,
      ],
    },
    {
      title: "Exit codes",
      lines: [
        ["0", "The result is on standard output"],
        ["1", "The server answered with an error: it is on stderr as JSON"],
        [
          "2",
          "There is no answer: the command line was not understood, the " +
          "server could not be reached, refused, went away or took too long",
        ],
      ],
    },
  ],
};
