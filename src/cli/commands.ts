import { configurationOptions } from "./_configuration_options.ts";
import { appServerCommand, environment } from "./app_server_command.ts";
import { callCommand } from "./call_command.ts";
import { type Command, program } from "./command.ts";
import { execCommand } from "./exec_command.ts";
import { earlyOptions } from "./exec_options.ts";
import { runCommand } from "./run_command.ts";
import { tokenCommand } from "./token_command.ts";

const doctor: Command = {
  name: "doctor",
  summary: "Look for what is wrong with the configuration",
  description:
    "Prints what a server would start with here, and what is wrong " +
    "with it: settings that can't be read, with their line, a sandbox that is " +
    "missing, an account that is. Exits with 1 if anything is.",
  options: configurationOptions,
  load: (other) => other("doctor"),
};

const completions: Command = {
  name: "completions",
  aliases: ["completion"],
  summary: "Print completions for a shell",
  operands: [{
    name: "SHELL",
    choices: ["bash", "zsh", "fish"],
    help: "The shell.",
  }],
  load: async () => {
    const { completing } = await import("./completions.ts");
    return { run: completing(gangway) };
  },
  sections: [{
    title: "Examples",
    lines: [
      "source <(gangway completions bash)",
      "gangway completions zsh > ~/.zfunc/_gangway",
      "gangway completions fish > ~/.config/fish/completions/gangway.fish",
    ],
  }],
};

/**
 * All of the command line. Parsing, `--help` and completions are made from
 * this, so that none can say what another does not know.
 */
export const gangway: Command = {
  ...program,
  options: [
    ...configurationOptions,
    {
      name: "strict-config",
      help: "As in `gangway app-server`.",
      hidden: true,
    },
    ...earlyOptions,
    { name: "version", short: "V", help: "Print version." },
  ],
  commands: [
    appServerCommand,
    execCommand,
    callCommand,
    runCommand,
    tokenCommand,
    doctor,
    completions,
  ],
  sections: [
    {
      title: "Examples",
      lines: [
        "gangway app-server --listen ws://127.0.0.1:0",
        `gangway call fs/getMetadata '{"path":"/etc/hosts"}'`,
        "gangway run --url ws://127.0.0.1:4500 -- make test",
        'gangway exec "What does this project do?"',
        "gangway token mint --capability --out ~/.secrets/gangway",
      ],
    },
    environment,
  ],
};
