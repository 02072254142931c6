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

/** Reads it; a file that is broken somewhere says nothing at all. */
export async function readAgentFile(
  text: string,
  directory: string,
): Promise<SkillAgentFile> {
  const { isScalar, parseDocument, visit } = await import("yaml");
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors.length > 0) return noAgentFile;
  try {
    const isImplicit = toTable(toTable(document.toJS()).policy)
      .allow_implicit_invocation ?? true;
    if (typeof isImplicit !== "boolean") return noAgentFile;
    // Whatever is written without quotes is the text that it was written as.
    visit(document, (_, node) => {
      if (!isScalar(node) || node.value === null) return;
      if (typeof node.value !== "string") node.value = node.source;
    });
    const file = toTable(document.toJS());
    return {
      interface: toInterface(toTable(file.interface), directory),
      dependencies: toDependencies(toTable(file.dependencies)),
      isImplicit,
    };
  } catch {
    return noAgentFile;
  }
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
  if (toText(value, Infinity) === null) return null;
  const path = value as string;
  if (path.startsWith("/")) return null;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts[0] !== "assets" || parts.includes("..")) {
    return null;
  }
  return `${directory}/${parts.join("/")}`;
}

function toDependencies(said: Table): SkillDependencies | undefined {
  if (said.tools === undefined || said.tools === null) return undefined;
  if (!Array.isArray(said.tools)) throw new TypeError("Expected a list");
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

/** @throws {TypeError} if it is something else than a text. */
function toText(value: unknown, maxLength: number): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new TypeError("Expected a text");
  const text = value.trim().replace(/\s+/g, " ");
  return text === "" || [...text].length > maxLength ? null : text;
}

/** @throws {TypeError} if it is something else than a table. */
function toTable(value: unknown): Table {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new TypeError("Expected a table");
  }
  return value as Table;
}
