import type { Option } from "./command.ts";

/** Options that say which server a command speaks to. */
export const targetOptions: readonly Option[] = [
  {
    name: "url",
    value: "URL",
    conflicts: ["spawn"],
    help: "Server to connect to: ws://…, wss://…, unix://PATH, or unix:// " +
      "for the control socket in CODEX_HOME.",
  },
  {
    name: "spawn",
    value: "COMMAND",
    optionalValue: true,
    conflicts: ["url"],
    help: "Start a server and speak to it over its standard input and " +
      "output. Default: `gangway app-server`.",
  },
  {
    name: "token-env",
    value: "VAR",
    conflicts: ["token-file"],
    help: "Environment variable that holds the bearer token for --url.",
  },
  {
    name: "token-file",
    value: "FILE",
    names: "file",
    conflicts: ["token-env"],
    help: "File that holds the bearer token for --url.",
  },
];
