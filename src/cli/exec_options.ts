import { configurationOptions } from "./_configuration_options.ts";
import type { Option } from "./command.ts";

const SANDBOXES = ["read-only", "workspace-write", "danger-full-access"];
const BYPASS = "dangerously-bypass-approvals-and-sandbox";

/** A plain name: whatever else would be a path. */
const PROFILE_NAME = /^[\w-]+$/;

const model: Option = {
  name: "model",
  short: "m",
  value: "MODEL",
  check: (slug) => slug === "" ? "expected the name of a model" : undefined,
  help: "Model to use. Default: as configured.",
};
const bypassSandbox: Option = {
  name: BYPASS,
  aliases: ["yolo"],
  help: "Run commands without a sandbox. For machines that are one.",
};
const bypassHookTrust: Option = {
  name: "dangerously-bypass-hook-trust",
  help: "Run hooks that nobody has trusted, too. For machines that know them.",
};

/** Images of a prompt, where each option names one. */
export const imageOption: Option = {
  name: "image",
  short: "i",
  value: "FILE",
  names: "file",
  repeatable: true,
  help: "Attach an image to the prompt; several are separated by commas.",
};

/** Options of `gangway exec` and of all of its sub-commands. */
export const sharedOptions: readonly Option[] = [
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
  model,
  bypassSandbox,
  bypassHookTrust,
  {
    name: "skip-git-repo-check",
    help: "Work in a directory that is in no git repository, too.",
  },
  {
    name: "trust",
    help: "Trust the project from now on: its configuration, rules and hooks " +
      "count, and commands may write to it.",
  },
  {
    name: "ephemeral",
    help: "Store nothing of a new session. One that is resumed goes on being " +
      "stored.",
  },
  {
    name: "ignore-user-config",
    help:
      "Leave out config.toml of CODEX_HOME and --profile; who is signed in " +
      "stays so.",
  },
  {
    name: "ignore-rules",
    help: "Leave out the rules about commands of the user and the project.",
  },
  {
    name: "thread-source",
    value: "SOURCE",
    help: "What a new session is listed as coming from.",
  },
  {
    name: "cyber-access-program",
    value: "PROGRAM",
    choices: ["standard", "daybreak_blue", "daybreak_red"],
    help: "Programme for security work to ask the provider for.",
  },
  {
    name: "worktree",
    hidden: true,
    help: "Refused: `git worktree add` makes one, and --cd works there.",
  },
  ...configurationOptions,
  {
    name: "strict-config",
    help: "Do not start with configuration that is not understood.",
  },
];

const images: Option = { ...imageOption, takesMany: true };
const settings: readonly Option[] = [
  {
    name: "sandbox",
    short: "s",
    value: "MODE",
    choices: SANDBOXES,
    conflicts: ["full-auto", "approve-for-me"],
    help: "What commands may touch. Default: as configured, else read-only.",
  },
  {
    name: "full-auto",
    conflicts: [BYPASS],
    help: "The same as --sandbox workspace-write.",
  },
  {
    name: "approve-for-me",
    conflicts: [BYPASS, "full-auto"],
    help: "What would need an approval is decided by a model, in place of " +
      "being refused; commands may write to the workspace.",
  },
  {
    name: "profile",
    short: "p",
    value: "NAME",
    check: (name) =>
      PROFILE_NAME.test(name) ? undefined : "expected a plain name",
    help: "Profile to work with: NAME.config.toml in CODEX_HOME goes over " +
      "config.toml.",
  },
  {
    name: "oss",
    help:
      "Use a model of this machine, of --local-provider or the configured " +
      "`oss_provider`.",
  },
  {
    name: "local-provider",
    value: "PROVIDER",
    help: "With --oss: who serves the model, `ollama` or `lmstudio`.",
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
];

/** Options of `gangway exec` that its sub-commands take in front of their name. */
export const ownOptions: readonly Option[] = [
  images,
  ...settings,
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
  // Older clients pass it: the model always has a tool for plans.
  { name: "include-plan-tool", hidden: true, help: "Without effect." },
  { name: "version", short: "V", help: "Print version." },
];

/** Options that may stand in front of `exec`, too. */
export const earlyOptions: readonly Option[] = [
  images,
  model,
  bypassSandbox,
  bypassHookTrust,
  ...settings,
  {
    name: "ask-for-approval",
    short: "a",
    value: "POLICY",
    choices: ["untrusted", "on-failure", "on-request", "never"],
    help: "Without effect: nobody is there to be asked.",
  },
  { name: "search", help: "The same as -c web_search=live." },
].map((option): Option => ({ ...option, hidden: true, isFor: ["exec"] }));
