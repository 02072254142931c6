import { configurationOptions } from "./_configuration_options.ts";
import { appServerOptions } from "./app_server_options.ts";
import type { Command, Section } from "./command.ts";

/** What `--help` says of the environment of a server. */
export const environment: Section = {
  title: "Environment",
  lines: [
    [
      "CODEX_HOME",
      "Home directory of configuration and state. Default: ~/.codex",
    ],
    [
      "GANGWAY_LOG",
      "What is logged to stderr: a level (error, warn, info, debug, trace) or " +
      "a list such as `warn,gangway::rpc=debug`. Default: error",
    ],
    ["RUST_LOG", "The same, where GANGWAY_LOG is not set"],
    ["LOG_FORMAT", "`json` for one JSON object per line"],
    ["NO_COLOR", "No colours, also on a terminal"],
    ["OTEL_DENO", "`true` exports a span per request (OTEL_EXPORTER_OTLP_…)"],
  ],
};

const outDirectory = {
  name: "out",
  short: "o",
  value: "DIR",
  names: "directory",
  required: true,
  help: "Directory to write to; it is created.",
} as const;
const withExperimental = {
  name: "experimental",
  help: "Include what needs the experimentalApi capability.",
} as const;

const daemonCommands = [
  "bootstrap",
  "start",
  "restart",
  "update",
  "enable-remote-control",
  "disable-remote-control",
  "stop",
  "version",
].map((name): Command => ({
  name,
  summary: "Not offered yet",
  options: configurationOptions,
  load: (other) => other("daemon"),
}));

/** `gangway app-server` and what goes with it. */
export const appServerCommand: Command = {
  name: "app-server",
  summary: "Run the app server",
  description: "Serves the codex app-server protocol: JSON messages, one per " +
    "line on standard input and output, or one per websocket message.",
  options: [
    ...appServerOptions,
    { name: "version", short: "V", help: "Print version." },
  ],
  load: () => import("./app_server.ts"),
  commands: [
    {
      name: "proxy",
      summary: "Copy bytes between stdio and the control socket",
      description: "Copies bytes both ways between standard input and output " +
        "and a server's unix socket, until the input ends. The caller speaks " +
        "websocket through it.",
      options: [
        {
          name: "sock",
          value: "SOCKET_PATH",
          help:
            "Path of the socket. Default: the control socket in CODEX_HOME.",
        },
        ...configurationOptions,
      ],
      load: (other) => other("proxy"),
    },
    {
      name: "generate-ts",
      summary: "Write the protocol as TypeScript",
      options: [
        outDirectory,
        withExperimental,
        {
          name: "prettier",
          short: "p",
          value: "PRETTIER_BIN",
          help: "Accepted; the files are formatted already.",
        },
        ...configurationOptions,
      ],
      load: (other) => other("generateTs"),
    },
    {
      name: "generate-json-schema",
      summary: "Write the protocol as JSON Schema",
      options: [outDirectory, withExperimental, ...configurationOptions],
      load: (other) => other("generateJsonSchema"),
    },
    {
      name: "daemon",
      summary: "Manage a server in the background (not offered yet)",
      options: configurationOptions,
      commands: daemonCommands,
    },
  ],
  sections: [
    {
      title: "Examples",
      lines: [
        "gangway app-server",
        "gangway app-server --listen ws://127.0.0.1:4500 --allow-write=./work",
        "gangway app-server --listen unix:// -c model='\"large\"'",
        "gangway app-server --listen ws://0.0.0.0:4500 \\",
        "  --ws-auth capability-token --ws-token-file ~/.secrets/gangway",
      ],
    },
    environment,
    {
      title: "Signals",
      lines: [
        [
          "SIGTERM",
          "Answer what was read, close connections with a reason, exit 0; a " +
          "second one exits at once",
        ],
        ["SIGINT", "The same; a server on stdio then dies of the signal"],
        ["SIGHUP", "As SIGINT, but a second one does not force"],
      ],
    },
    {
      title: "Exit codes",
      lines: [
        ["0", "The input ended, or a signal asked to stop"],
        ["1", "The server could not start, or failed"],
        ["2", "The command line was not understood"],
      ],
    },
  ],
};
