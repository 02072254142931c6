import type { ConfigOverrides } from "../config/mod.ts";
import type { Invocation, Option } from "./command.ts";

/** Options on configuration, which every command takes that may read it. */
export const configurationOptions: readonly Option[] = [
  {
    name: "config",
    short: "c",
    value: "key=value",
    repeatable: true,
    help: "Set one configuration value over what the files say. The key is a " +
      "dotted path, the value is TOML, or plain text where it is no TOML.",
  },
  {
    name: "enable",
    value: "FEATURE",
    repeatable: true,
    help: "Turn a feature on; the same as -c features.NAME=true.",
  },
  {
    name: "disable",
    value: "FEATURE",
    repeatable: true,
    help: "Turn a feature off; the same as -c features.NAME=false.",
  },
];

/** What these options, and `--strict-config`, ask of a server. */
export function toConfigOptions(
  invocation: Invocation,
): { overrides: ConfigOverrides; strict: boolean } {
  return {
    overrides: {
      assignments: invocation.values("config"),
      enable: invocation.values("enable"),
      disable: invocation.values("disable"),
    },
    strict: invocation.has("strict-config"),
  };
}
