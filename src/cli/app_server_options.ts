import { ListenUrlError, parseListenUrl } from "../transport/mod.ts";
import { configurationOptions } from "./_configuration_options.ts";
import type { Option } from "./command.ts";

const BEARER = "Websocket access";
const PERMISSIONS = "What clients may touch";
const MAX_U64 = 2n ** 64n - 1n;

/** Options of `gangway app-server`. */
export const appServerOptions: readonly Option[] = [
  {
    name: "listen",
    value: "URL",
    check: whyNotListenUrl,
    conflicts: ["stdio"],
    help:
      "Where to listen: `stdio://` (default), `ws://IP:PORT` (port 0 picks " +
      "a free one, told on stderr), `unix://` (the control socket in " +
      "CODEX_HOME), `unix://PATH`, or `off`.",
  },
  {
    name: "stdio",
    conflicts: ["listen"],
    help: "The same as --listen stdio://.",
  },
  ...configurationOptions,
  {
    name: "strict-config",
    help: "Refuse to start when config.toml is broken or says something that " +
      "is not known, instead of warning.",
  },
  {
    name: "analytics-default-enabled",
    help: "Accepted for clients that send it. Nothing is ever collected.",
  },
  {
    name: "print-startup-config",
    help: "Check the configuration, print its requirements as JSON and exit.",
  },
  {
    name: "startup-client-info",
    value: "STARTUP_CLIENT_INFO",
    check: whyNotClientInfo,
    help: "JSON with the `name` and `version` of the client that starts the " +
      "server. Accepted; the handshake tells it anyway.",
  },
  {
    name: "ws-auth",
    value: "MODE",
    choices: ["capability-token", "signed-bearer-token"],
    group: BEARER,
    help: "How a websocket client shows in its Authorization header that it " +
      "may enter. Needed for every address that is not of this machine alone.",
  },
  {
    name: "ws-token-file",
    value: "PATH",
    names: "file",
    group: BEARER,
    help: "File with the capability token.",
  },
  {
    name: "ws-token-sha256",
    value: "HEX",
    group: BEARER,
    help: "SHA-256 of the capability token, instead of the token itself; " +
      "`gangway token mint --capability` prints it.",
  },
  {
    name: "ws-shared-secret-file",
    value: "PATH",
    names: "file",
    group: BEARER,
    help: "File with the secret (32 bytes or more) of signed tokens, which " +
      "are JWTs with HS256; `gangway token mint` makes them.",
  },
  {
    name: "ws-issuer",
    value: "ISSUER",
    group: BEARER,
    help: "The `iss` that signed tokens must have.",
  },
  {
    name: "ws-audience",
    value: "AUDIENCE",
    group: BEARER,
    help: "The `aud` that signed tokens must have.",
  },
  {
    name: "ws-max-clock-skew-seconds",
    value: "SECONDS",
    check: whyNotU64,
    group: BEARER,
    help: "How far the clocks of issuer and server may differ. Default: 30.",
  },
  {
    name: "ws-allow-origin",
    value: "ORIGIN",
    repeatable: true,
    group: BEARER,
    help: "Let in browser pages of this origin, such as " +
      "https://editor.example. Without it every request with an Origin " +
      "header is refused.",
  },
  ...["read", "write"].flatMap((action): Option[] => [
    {
      name: `allow-${action}`,
      value: "PATHS",
      optionalValue: true,
      repeatable: true,
      names: "file",
      group: PERMISSIONS,
      help:
        `Paths, separated by commas, that clients may ${action}, with all ` +
        "below them. Default, and without a list: all.",
    },
    {
      name: `deny-${action}`,
      value: "PATHS",
      optionalValue: true,
      repeatable: true,
      names: "file",
      group: PERMISSIONS,
      help: `Paths that clients may not ${action}; goes over ` +
        `--allow-${action}. Without a list: none at all.`,
    },
  ]),
  {
    name: "allow-run",
    value: "PROGRAMS",
    optionalValue: true,
    repeatable: true,
    group: PERMISSIONS,
    help:
      "Programs, separated by commas, that clients may run: names, as PATH " +
      "leads to them at the start, or paths. Default, and without a list: all.",
  },
  {
    name: "deny-run",
    value: "PROGRAMS",
    optionalValue: true,
    repeatable: true,
    group: PERMISSIONS,
    help: "Programs that clients may not run; goes over --allow-run. Without " +
      "a list: none at all.",
  },
  // Clients of other versions pass these; there is nothing for them to do.
  { name: "remote-control", hidden: true, help: "" },
  { name: "startup-sign-out", hidden: true, help: "" },
  { name: "session-source", value: "SOURCE", hidden: true, help: "" },
  { name: "cloud-skills-snapshot", value: "PATH", hidden: true, help: "" },
  { name: "code-mode-host", value: "URL", hidden: true, help: "" },
];

function whyNotListenUrl(value: string): string | undefined {
  try {
    parseListenUrl(value);
    return undefined;
  } catch (error) {
    if (error instanceof ListenUrlError) return error.message;
    throw error;
  }
}

function whyNotU64(value: string): string | undefined {
  if (value === "") return "cannot parse integer from empty string";
  if (!/^\+?\d+$/.test(value)) return "invalid digit found in string";
  return BigInt(value.replace("+", "")) > MAX_U64
    ? "number too large to fit in target type"
    : undefined;
}

function whyNotClientInfo(value: string): string | undefined {
  let info: unknown;
  try {
    info = JSON.parse(value);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const { name, version } = Object(info);
  const missing = typeof name !== "string"
    ? "name"
    : typeof version !== "string"
    ? "version"
    : undefined;
  return missing && `missing field \`${missing}\``;
}
