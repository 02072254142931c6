import { type ContentPart, isKnown, type ResponseItem } from "../model/mod.ts";
import { uuid7 } from "../protocol/mod.ts";
import { tellPermissions } from "../tools/mod.ts";
import { toCollaborationText } from "./_collaboration_mode.ts";
import { toEnvironmentText } from "./_environment_context.ts";
import { toPermissionsText } from "./_permissions_text.ts";
import { findPrimary, toPlaces } from "./_places.ts";
import { toInstructionSites } from "./_instruction_files.ts";
import {
  type ProjectInstructions,
  readProjectInstructions,
} from "./_project_instructions.ts";
import type { Turn } from "./_turn.ts";

/** Something that the model has to know, and by what it is found again. */
interface Piece {
  readonly role: "developer" | "user";
  /** How it begins, whatever it says. */
  readonly start: string;
  readonly text: string;
}

/**
 * What the model has to know and has not been told by `known`: its surroundings,
 * what it may do, instructions of the user and of the project. The conversation
 * itself is the record of what it was told: so it holds after a resume, a
 * compaction and a revert alike, and a turn that changes nothing adds nothing.
 */
export async function toContextMessages(
  turn: Turn,
  known: readonly ResponseItem[],
): Promise<ResponseItem[]> {
  const pieces = await toPieces(turn, known);
  const messages: ResponseItem[] = [];
  for (const role of ["developer", "user"] as const) {
    const content = pieces
      .filter((piece) => piece.role === role && isNews(piece, known))
      .map(({ text }): ContentPart => ({ type: "input_text", text }));
    if (content.length === 0) continue;
    messages.push({ type: "message", id: `msg_${uuid7()}`, role, content });
  }
  return messages;
}

async function toPieces(
  turn: Turn,
  known: readonly ResponseItem[],
): Promise<Piece[]> {
  const { agent, settings, conversation, signal } = turn;
  const pieces: Piece[] = [];
  const places = toPlaces(settings, agent.findPlace);
  const primary = findPrimary(places);
  const permissions = tellPermissions(
    settings,
    agent.config,
    primary && { cwd: primary.cwd, roots: primary.workspaceRoots },
  );
  const configured = agent.config.get("developer_instructions");
  const developerInstructions = agent.developerInstructions ??
    (typeof configured === "string" ? configured : null);
  if (conversation.model !== null && conversation.model !== settings.model) {
    pieces.push({
      role: "developer",
      start: "<model_switch>",
      text: toSwitch(settings.model),
    });
  }
  if (developerInstructions !== null && developerInstructions !== "") {
    pieces.push({
      role: "developer",
      start: developerInstructions,
      text: developerInstructions,
    });
  }
  const skills = await agent.extensions?.describe(settings.cwd, agent.config);
  if (skills !== undefined) {
    pieces.push(...toSkillPieces(skills, wasTold(skillsStart, known)));
  }
  pieces.push({
    role: "developer",
    start: "<permissions instructions>",
    text: toPermissionsText(
      settings,
      permissions,
      primary === undefined || primary.id === "local"
        ? [settings.cwd]
        : primary.workspaceRoots,
    ),
  });
  const mode = toCollaborationText(
    settings,
    wasTold("<collaboration_mode>", known),
  );
  if (mode !== null) {
    pieces.push({
      role: "developer",
      start: "<collaboration_mode>",
      text: mode,
    });
  }
  const start = "# AGENTS.md instructions";
  const before = lastTold(start, known);
  const project = await readProjectInstructions(
    toInstructionSites(settings, agent),
    agent,
    signal,
  );
  if (project.text !== "" || before !== undefined) {
    pieces.push({
      role: "user",
      start,
      text: toProjectText(project, before),
    });
  }
  pieces.push({
    role: "user",
    start: "<environment_context>",
    text: toEnvironmentText(permissions, places, turn.clock.now()),
  });
  return pieces;
}

const skillsStart = "<skills_instructions>";

/** The skills at hand; that there are none is news only where there were. */
function toSkillPieces(text: string | null, wasTold: boolean): Piece[] {
  if (text === null && !wasTold) return [];
  const none = `${skillsStart}
There are no skills any more.
</skills_instructions>`;
  return [{ role: "developer", start: skillsStart, text: text ?? none }];
}

function toSwitch(model: string): string {
  return `<model_switch>
You, ${model}, take this conversation over from another model. All that was \
said before still holds.
</model_switch>`;
}

function toProjectText(
  { text, place }: ProjectInstructions,
  before: string | undefined,
): string {
  const where = place === undefined ? "" : ` for ${place}`;
  const header = `# AGENTS.md instructions${where}\n\n<INSTRUCTIONS>\n`;
  const first = `${header}${text}\n</INSTRUCTIONS>`;
  if (before === undefined || before === first) return first;
  const note = text === ""
    ? "No AGENTS.md holds here; those given before no longer do."
    : "What follows takes the place of all AGENTS.md instructions given before.";
  return `${header}${note}\n\n${text}\n</INSTRUCTIONS>`;
}

function isNews(piece: Piece, known: readonly ResponseItem[]): boolean {
  return lastTold(piece.start, known) !== piece.text;
}

function wasTold(start: string, known: readonly ResponseItem[]): boolean {
  return lastTold(start, known) !== undefined;
}

/** The last text that began so and was not said by the user or the model. */
function lastTold(
  start: string,
  known: readonly ResponseItem[],
): string | undefined {
  for (let at = known.length - 1; at >= 0; at--) {
    const item = known[at]!;
    if (!isKnown(item) || item.type !== "message") continue;
    if (item.role === "assistant") continue;
    const content: unknown = item.content;
    if (!Array.isArray(content)) continue;
    for (const part of content) {
      if (typeof part?.text === "string" && part.text.startsWith(start)) {
        return part.text;
      }
    }
  }
  return undefined;
}
