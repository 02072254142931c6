import type {
  SkillDependencies,
  SkillInterface,
  SkillToolDependency,
} from "../protocol/mod.ts";

/** What `agents/openai.yaml` beside a SKILL.md says. */
export interface SkillAgentFile {
  readonly interface: SkillInterface | undefined;
  readonly dependencies: SkillDependencies | undefined;
  /** Whether models are told of it without being asked to use it. */
  readonly isImplicit: boolean;
}

/** A skill that has no such file. */
export const noAgentFile: SkillAgentFile = {
  interface: undefined,
  dependencies: undefined,
  isImplicit: true,
};

const maxNameLength = 64;
const maxTextLength = 1024;

type Table = Readonly<Record<string, unknown>>;

/** Reads it; what is wrong in it is left out. */
export async function readAgentFile(
  text: string,
  directory: string,
): Promise<SkillAgentFile> {
  const { parse } = await import("yaml");
  let file: Table;
  try {
    file = toTable(parse(text, { logLevel: "silent" }));
  } catch {
    return noAgentFile;
  }
  return {
    interface: toInterface(toTable(file.interface), directory),
    dependencies: toDependencies(toTable(file.dependencies)),
    isImplicit: toTable(file.policy).allow_implicit_invocation !== false,
  };
}

function toInterface(
  said: Table,
  directory: string,
): SkillInterface | undefined {
  const colour = toText(said.brand_color, maxTextLength);
  const shown = {
    displayName: toText(said.display_name, maxNameLength),
    shortDescription: toText(said.short_description, maxTextLength),
    iconSmall: toAsset(said.icon_small, directory),
    iconLarge: toAsset(said.icon_large, directory),
    iconSmallUrl: null,
    iconLargeUrl: null,
    brandColor: colour !== null && /^#[0-9a-f]{6}$/i.test(colour)
      ? colour
      : null,
    defaultPrompt: toText(said.default_prompt, maxTextLength),
  };
  const isEmpty = Object.values(shown).every((value) => value === null);
  return isEmpty ? undefined : shown;
}

/** A picture; only those of the skill's own `assets` count. */
function toAsset(value: unknown, directory: string): string | null {
  if (typeof value !== "string" || value.startsWith("/")) return null;
  const parts = value.split("/").filter((part) => part !== "" && part !== ".");
  if (parts[0] !== "assets" || parts.length < 2 || parts.includes("..")) {
    return null;
  }
  return `${directory}/${parts.join("/")}`;
}

function toDependencies(said: Table): SkillDependencies | undefined {
  if (!Array.isArray(said.tools)) return undefined;
  const tools = said.tools.map(toTable).flatMap((tool) => {
    const type = toText(tool.type, maxNameLength);
    const value = toText(tool.value, maxTextLength);
    if (type === null || value === null) return [];
    const dependency: SkillToolDependency = { type, value };
    for (const key of ["description", "transport", "command", "url"] as const) {
      const text = toText(tool[key], maxTextLength);
      if (text !== null) dependency[key] = text;
    }
    return [dependency];
  });
  return tools.length === 0 ? undefined : { tools };
}

function toText(value: unknown, maxLength: number): string | null {
  if (typeof value !== "string") return null;
  const text = value.trim().replace(/\s+/g, " ");
  return text === "" || [...text].length > maxLength ? null : text;
}

function toTable(value: unknown): Table {
  return typeof value === "object" && value !== null ? value as Table : {};
}
