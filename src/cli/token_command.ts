import type { Command, Option } from "./command.ts";
import { parseDurationSeconds } from "./_duration.ts";

const secretFile: Option = {
  name: "secret-file",
  value: "FILE",
  names: "file",
  help: "File with the secret that signs tokens, 32 bytes or more.",
};
const issuer: Option = {
  name: "issuer",
  value: "ISSUER",
  help: "The `iss` claim.",
};
const audience: Option = {
  name: "audience",
  value: "AUDIENCE",
  help: "The `aud` claim.",
};

/** `gangway token`. */
export const tokenCommand: Command = {
  name: "token",
  summary: "Make and check bearer tokens for websockets",
  commands: [
    {
      name: "mint",
      summary: "Make a token",
      description: "Prints a signed token for --ws-auth signed-bearer-token, " +
        "or, with --capability, a random one for --ws-auth capability-token.",
      options: [
        { ...secretFile, conflicts: ["capability"] },
        { ...issuer, conflicts: ["capability"] },
        { ...audience, conflicts: ["capability"] },
        {
          name: "subject",
          value: "SUBJECT",
          conflicts: ["capability"],
          help: "The `sub` claim.",
        },
        {
          name: "expires-in",
          value: "DURATION",
          conflicts: ["capability"],
          check: (value) =>
            parseDurationSeconds(value) === undefined
              ? "expected a number with a unit, such as 90s, 15m, 12h or 30d"
              : undefined,
          help: "How long it is good for: 90s, 15m, 12h, 30d. Default: 1h.",
        },
        {
          name: "capability",
          help: "Make a random token and print it with its SHA-256.",
        },
        {
          name: "out",
          value: "FILE",
          names: "file",
          help: "Write the token to a new file that only its owner may read.",
        },
      ],
      load: (other) => other("tokenMint"),
      sections: [{
        title: "Examples",
        lines: [
          "gangway token mint --capability --out ~/.secrets/gangway",
          "gangway token mint --secret-file ./secret --issuer ci --expires-in 15m",
        ],
      }],
    },
    {
      name: "verify",
      summary: "Check a signed token",
      description: "Reads a signed token from standard input, or from an " +
        "environment variable, and prints its claims as JSON if a server with " +
        "the same settings would let it in.",
      options: [
        { ...secretFile, required: true },
        issuer,
        audience,
        {
          name: "token-env",
          value: "VAR",
          help: "Environment variable that holds the token.",
        },
      ],
      load: (other) => other("tokenVerify"),
      sections: [{
        title: "Exit codes",
        lines: [
          ["0", "The token is good; its claims are on standard output"],
          ["1", "It is refused; stderr says why"],
          ["2", "The command line was not understood"],
        ],
      }],
    },
    {
      name: "sha256",
      summary: "Print the SHA-256 of a token read from standard input",
      description: "Blanks at both ends do not count, as in token files. The " +
        "result is for --ws-token-sha256.",
      load: (other) => other("tokenSha256"),
    },
  ],
};
