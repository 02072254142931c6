import type { ContentPart, ResponseItem } from "../model/mod.ts";
import {
  type UserInput,
  type UserMessageItem,
  uuid7,
} from "../protocol/mod.ts";
import type { Named } from "./extensions.ts";
import type { Reading } from "./_read_file.ts";
import { readImage } from "./_read_image.ts";
import { readSkill } from "./_read_skill.ts";
import type { Turn } from "./_turn.ts";

/** What the user says, and the client's own name for it. */
export interface Said {
  readonly input: readonly UserInput[];
  readonly clientUserMessageId: string | null;
}

/**
 * Takes what the user says into the conversation and shows it. Said is said:
 * an interrupt only keeps files from being read.
 *
 * @throws {StorageError} if it can't be stored.
 */
export async function say(turn: Turn, said: Said): Promise<void> {
  if (said.input.length === 0) return;
  const { extensions, config } = turn.agent;
  const named = await extensions?.resolve(
    said.input,
    turn.settings.cwd,
    config,
  );
  const { signal, agent: { checkRead } } = turn;
  const reading = { signal, checkRead };
  turn.remember(...await toMessages(said.input, reading, named));
  const item: UserMessageItem = {
    type: "userMessage",
    id: uuid7(),
    clientId: said.clientUserMessageId,
    content: toContent(said.input),
  };
  turn.stage.started(item);
  turn.stage.completed(item);
}

/** What the item of a message has of it: nothing is left out. */
export function toContent(input: readonly UserInput[]): UserInput[] {
  return input.map((part) => {
    switch (part.type) {
      case "text":
        return {
          ...part,
          text_elements: (part.text_elements ?? []).map((element) => ({
            ...element,
            placeholder: element.placeholder ?? null,
          })),
        };
      case "image":
      case "localImage":
        return { ...part, detail: part.detail ?? null };
      default:
        return part;
    }
  });
}

/** What a model reads of it: one message, and one for each skill. */
export async function toMessages(
  input: readonly UserInput[],
  reading: Reading,
  named?: Named,
): Promise<ResponseItem[]> {
  const content: ContentPart[] = [];
  const skills: ResponseItem[] = [];
  let images = 0;
  for (const part of input) {
    switch (part.type) {
      case "text":
        content.push({ type: "input_text", text: part.text });
        break;
      case "image":
        images++;
        content.push(
          "url" in part ? toImage(part.url, part.detail) : {
            type: "input_text",
            text: `Image ${part.fileId} is kept by the provider`,
          },
        );
        break;
      case "localImage":
        images++;
        content.push(...await toLocalImage(part, images, reading));
        break;
      case "audio":
      case "localAudio":
        content.push({
          type: "input_text",
          text: "Sound was left out: this model can't hear it",
        });
        break;
      case "skill":
        // Where nobody knows which skills there are, it is what it says.
        if (named === undefined) skills.push(await toSkill(part, reading));
        break;
      case "mention":
        // The text names it already; clients show the link.
        break;
    }
  }
  for (const skill of named?.skills ?? []) {
    skills.push(await toSkill(skill, reading));
  }
  const notes = (named?.notes ?? []).map((text): ResponseItem => ({
    type: "message",
    id: `msg_${uuid7()}`,
    role: "developer",
    content: [{ type: "input_text", text }],
  }));
  return [
    ...content.length === 0 ? [] : [toUserMessage(content)],
    ...skills,
    ...notes,
  ];
}

async function toSkill(
  skill: { name: string; path: string },
  reading: Reading,
): Promise<ResponseItem> {
  const text = await readSkill(skill, reading);
  return toUserMessage([{ type: "input_text", text }]);
}

/** A message of the user. */
export function toUserMessage(content: ContentPart[]): ResponseItem {
  return { type: "message", id: `msg_${uuid7()}`, role: "user", content };
}

async function toLocalImage(
  { path, detail }: { path: string; detail?: string | null },
  number: number,
  reading: Reading,
): Promise<ContentPart[]> {
  const image = await readImage(path, reading);
  if ("error" in image) {
    return [{
      type: "input_text",
      text:
        `Codex could not read the local image at \`${path}\`: ${image.error}`,
    }];
  }
  return [
    {
      type: "input_text",
      text: `<image name=[Image #${number}] path="${path}">`,
    },
    toImage(image.url, detail),
    { type: "input_text", text: "</image>" },
  ];
}

function toImage(url: string, detail: string | null | undefined): ContentPart {
  return { type: "input_image", image_url: url, detail: detail ?? "high" };
}
