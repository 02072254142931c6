import type { UserInput } from "../protocol/mod.ts";
import type { Arguments } from "./_arguments.ts";
import { AgentRefusal } from "./subagents.ts";

const kinds = [
  "text",
  "image",
  "local_image",
  "audio",
  "local_audio",
  "skill",
  "mention",
] as const;

/**
 * What a model says to an agent: plain, or in parts.
 *
 * @throws {AgentRefusal} if it says nothing, or both.
 * @throws {ArgumentError} if a part is none.
 */
export function readAgentInput(args: Arguments): UserInput[] {
  const message = args.optionalText("message");
  const items = args.objects("items");
  if (message !== undefined && items !== undefined) {
    throw new AgentRefusal("give `message` or `items`, not both");
  }
  if (message === undefined && items === undefined) {
    throw new AgentRefusal("give `message` or `items`");
  }
  if (message?.trim() === "" || items?.length === 0) {
    throw new AgentRefusal("there is nothing in what you say to the agent");
  }
  return message === undefined
    ? items!.map(toPart)
    : [{ type: "text", text: message, text_elements: [] }];
}

function toPart(args: Arguments): UserInput {
  const kind = args.choice("type", kinds) ?? "text";
  switch (kind) {
    case "text":
      return { type: "text", text: args.text("text"), text_elements: [] };
    case "image":
      return { type: "image", url: args.text("image_url") };
    case "local_image":
      return { type: "localImage", path: args.text("path") };
    case "audio":
      return { type: "audio", url: args.text("audio_url") };
    case "local_audio":
      return { type: "localAudio", path: args.text("path") };
    case "skill":
    case "mention":
      return { type: kind, name: args.text("name"), path: args.text("path") };
  }
}

/** What is said to an agent as one text, for clients. */
export function toPrompt(input: readonly UserInput[]): string {
  return input.map((part) => {
    switch (part.type) {
      case "text":
        return part.text;
      case "image":
      case "audio":
        return `[${part.type}]`;
      case "localImage":
        return `[local_image:${part.path}]`;
      case "localAudio":
        return `[local_audio:${part.path}]`;
      case "skill":
      case "mention":
        return `[${part.type}:$${part.name}](${part.path})`;
    }
  }).join("\n");
}
