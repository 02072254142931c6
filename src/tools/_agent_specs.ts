import type { ToolSpec } from "../model/mod.ts";
import { toFunctionSpec } from "./_command_specs.ts";
import type { AgentRole } from "./subagents.ts";

/** The namespace that tools for agents stand in. */
export const agentNamespace = "multi_agent_v1";

const text = (description: string) => ({ type: "string", description });
const flag = (description: string) => ({ type: "boolean", description });

const items = {
  type: "array",
  description: "The message in parts, where it names skills, apps or files. " +
    "In place of `message`.",
  items: {
    type: "object",
    properties: {
      type: text(
        "Kind of the part: text, image, local_image, audio, local_audio, " +
          "skill or mention.",
      ),
      text: text("The text, of a text."),
      image_url: text("The address, of an image."),
      audio_url: text("The `data:` address, of audio."),
      path: text(
        "The path, of a local_image, local_audio or skill; of a mention what " +
          "is meant, such as `app://ID` or `plugin://NAME@MARKETPLACE`.",
      ),
      name: text("The name, of a skill or mention."),
    },
    additionalProperties: false,
  },
};

const target = text("The agent, by the id that spawn_agent gave.");

function inNamespace(spec: ToolSpec): ToolSpec {
  return {
    type: "namespace",
    name: agentNamespace,
    description: "Other agents that work for you, side by side.",
    tools: [spec],
  };
}

/** How models are told of `spawn_agent`. */
export function toSpawnSpec(roles: readonly AgentRole[]): ToolSpec {
  return inNamespace(toFunctionSpec(
    "spawn_agent",
    "Starts another agent with a task of its own, in the same directory and " +
      "with the same rights, and returns at once with its id. Only if the " +
      "user, or instructions that hold here, ask for agents or for work side " +
      "by side: a large or difficult task alone is no reason. Give it " +
      "something that stands for itself, that is not what you need next, and " +
      "that nobody else does; say which files are its own if it changes any. " +
      "It does not know what was said here unless you let it. Go on with " +
      "your own part meanwhile, and close it when you have what you need: " +
      "those that are done count, too, until they are closed.",
    {
      message: text("The task. Either this or `items`."),
      items,
      ...roles.length > 0 && { agent_type: toRoleSchema(roles) },
      fork_context: flag(
        "Whether it knows what was said here so far. Default: false.",
      ),
      model: text("Another model than yours. Only if the user wants that."),
      reasoning_effort: text(
        "Another effort than yours. Only if the user wants that.",
      ),
    },
  ));
}

function toRoleSchema(roles: readonly AgentRole[]): unknown {
  const lines = roles.map(({ name, description }) =>
    description === null ? `- ${name}` : `- ${name}: ${description}`
  );
  return text(`What kind of agent it is; one of:\n${lines.join("\n")}`);
}

/** How models are told of `send_input`. */
export const sendSpec: ToolSpec = inNamespace(toFunctionSpec(
  "send_input",
  "Says something to an agent: more to what it does, or its next task. For a " +
    "task that builds on what an agent has done, this is better than another " +
    "agent.",
  {
    target,
    message: text("What to say. Either this or `items`."),
    items,
    interrupt: flag(
      "Whether it drops what it does for that. Default: false.",
    ),
  },
  ["target"],
));

/** Milliseconds that a model may wait for agents. */
export const waitMs = { least: 10_000, usual: 30_000, most: 3_600_000 };

/** How models are told of `wait_agent`. */
export const waitSpec: ToolSpec = inNamespace(toFunctionSpec(
  "wait_agent",
  "Waits until one of some agents is done, and gives how those stand that " +
    "are, with what they said last; nothing if none is in time. You are told " +
    "of the end of an agent's first task in any case: wait only if you can't " +
    "go on without it, and then for minutes rather than seconds.",
  {
    targets: {
      type: "array",
      description: "The agents, by their ids.",
      items: { type: "string" },
    },
    timeout_ms: {
      type: "number",
      description: `How many milliseconds to wait, ${waitMs.least} to ` +
        `${waitMs.most}. Default: ${waitMs.usual}.`,
    },
  },
  ["targets"],
));

/** How models are told of `resume_agent`. */
export const resumeSpec: ToolSpec = inNamespace(toFunctionSpec(
  "resume_agent",
  "Takes an agent back that was closed, with all that it knows, so that it " +
    "can be given another task.",
  { id: target },
  ["id"],
));

/** How models are told of `close_agent`. */
export const closeSpec: ToolSpec = inNamespace(toFunctionSpec(
  "close_agent",
  "Ends an agent that is not needed any more, and those that it started; " +
    "gives how it stood.",
  { target },
  ["target"],
));
