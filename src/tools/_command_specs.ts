import type { ToolSpec } from "../model/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";

const text = (description: string) => ({ type: "string", description });
const number = (description: string) => ({ type: "number", description });
const flag = (description: string) => ({ type: "boolean", description });
const texts = (description: string) => ({
  type: "array",
  description,
  items: { type: "string" },
});

/** What there is to a spec that takes arguments. */
interface FunctionSpec {
  readonly parameters: {
    readonly properties: Readonly<Record<string, unknown>>;
  };
}

/** What is the same in the schemas of all tools. */
export function toFunctionSpec(
  name: string,
  description: string,
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[] = [],
): ToolSpec {
  return {
    type: "function",
    name,
    description,
    strict: false,
    parameters: {
      type: "object",
      properties,
      required: [...required],
      additionalProperties: false,
    },
  };
}

/**
 * The same for a thread that works in several places: calls then say in which.
 */
export function withEnvironment(
  spec: ToolSpec,
  { environments }: Pick<ThreadSettings, "environments">,
): ToolSpec {
  if ((environments?.length ?? 1) <= 1) return spec;
  const { parameters } = spec as unknown as FunctionSpec;
  return {
    ...spec,
    parameters: {
      ...parameters,
      properties: {
        ...parameters.properties,
        environment_id: text(
          "Which environment of <environment_context> it is for: its id. The " +
            "primary one if absent.",
        ),
      },
    },
  };
}

const maxOutputTokens = number(
  "Most tokens of output to be shown. 10000 if absent; there may be a lower " +
    "limit.",
);

/** Schema of permissions that a model may ask for. */
export const permissionsSchema = {
  type: "object",
  description: "What is asked for.",
  properties: {
    file_system: {
      type: "object",
      description: "Files and directories.",
      properties: {
        read: texts("Absolute paths to be read."),
        write: texts("Absolute paths to be written."),
      },
      additionalProperties: false,
    },
    network: {
      type: "object",
      description: "Use of the network.",
      properties: { enabled: flag("True asks for it.") },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const;

/** How models are told of `exec_command`. */
export function toExecCommandSpec(
  { takesAdditional }: { readonly takesAdditional: boolean },
): ToolSpec {
  return toFunctionSpec(
    "exec_command",
    "Runs a shell command. Gives its output, or a session ID if it goes on " +
      "after the time that was waited.",
    {
      cmd: text("The command, for the shell."),
      workdir: text(
        "Where it runs. The working directory of the turn if absent.",
      ),
      shell: text("Shell to run it: bash, zsh or sh. The user's if absent."),
      login: flag("Whether it is a login shell. True if absent."),
      tty: flag(
        "Whether it gets a terminal, which write_stdin can type to. False if " +
          "absent: then there is nothing to type to.",
      ),
      yield_time_ms: number(
        "How many milliseconds to wait for it: 250 to 30000, 10000 if absent.",
      ),
      max_output_tokens: maxOutputTokens,
      sandbox_permissions: {
        ...text(
          "Where it runs: `use_default` in the sandbox, `require_escalated` " +
            "outside of it, which the user has to agree to" +
            (takesAdditional
              ? ", `with_additional_permissions` in the sandbox with more."
              : "."),
        ),
        enum: [
          "use_default",
          ...takesAdditional ? ["with_additional_permissions"] : [],
          "require_escalated",
        ],
      },
      justification: text(
        "What to ask the user, as one question. Only with " +
          "`sandbox_permissions`.",
      ),
      prefix_rule: texts(
        "First words of commands that need not be asked for again if the user " +
          'agrees, such as ["npm", "test"]. Only with `require_escalated`.',
      ),
      ...takesAdditional && {
        additional_permissions: permissionsSchema,
      },
    },
    ["cmd"],
  );
}

/** How models are told of `write_stdin`. */
export const writeStdinSpec: ToolSpec = toFunctionSpec(
  "write_stdin",
  "Types to a command that goes on, and gives what it has written since.",
  {
    session_id: number("Its session ID, from exec_command."),
    chars: text("What to type. Nothing if absent: then its output is awaited."),
    yield_time_ms: number(
      "How many milliseconds to wait: after typing 250 to 30000, 250 if " +
        "absent; without typing 5000 to 300000, 5000 if absent.",
    ),
    max_output_tokens: maxOutputTokens,
  },
  ["session_id"],
);
