import type { UserInput } from "../protocol/mod.ts";
import type { Skill } from "./skill.ts";

/** Characters of descriptions that models are told of all skills together. */
const maxCharacters = 32_000;

/** In which order models are told of skills. */
const ranks = { system: 0, admin: 1, repo: 2, user: 3 } as const;

/** What a model is told of the skills that it may use; null if there are none. */
export function toSkillsText(skills: readonly Skill[]): string | null {
  const offered = skills
    .filter(({ told, isImplicit }) => told.enabled && isImplicit)
    .sort((a, b) => ranks[a.told.scope] - ranks[b.told.scope]);
  if (offered.length === 0) return null;
  const names = new Map<string, string>();
  for (const { root } of offered) {
    if (!names.has(root)) names.set(root, `r${names.size}`);
  }
  const whole = offered.reduce(
    (sum, { told }) => sum + told.description.length,
    0,
  );
  // Where there are very many, each is told of in fewer words.
  const most = whole <= maxCharacters
    ? Infinity
    : Math.max(40, Math.floor(maxCharacters / offered.length));
  const lines = offered.map(({ told, root }) => {
    const path = `${names.get(root)}${told.path.slice(root.length)}`;
    const { description } = told;
    const text = description.length <= most
      ? description
      : `${description.slice(0, most).trimEnd()}…`;
    return `- ${told.name}: ${text} (file: ${path})`;
  });
  const roots = [...names].map(([root, name]) => `- \`${name}\` = \`${root}\``);
  return `<skills_instructions>
## Skills
A skill is a \`SKILL.md\` file with instructions for a kind of task, perhaps \
with files beside it. These are the ones at hand. Where a task is what a skill \
is for, or the user names it (\`$name\`), read its file before you begin, and \
follow it. A path begins with the short name of a root below.
### Skill roots
${roots.join("\n")}
### Available skills
${lines.join("\n")}
</skills_instructions>`;
}

/** Names of a shell's own variables: `$HOME` is no skill. */
const variables = new Set([
  "PATH",
  "HOME",
  "USER",
  "SHELL",
  "PWD",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "TERM",
  "XDG_CONFIG_HOME",
]);

/**
 * The skills that the user names: as items of the input, as links to them, or
 * as `$name` where only one skill has the name.
 */
export function findNamedSkills(
  input: readonly UserInput[],
  skills: readonly Skill[],
): Skill[] {
  const on = skills.filter(({ told }) => told.enabled);
  const named = new Set<Skill>();
  const byPath = new Map(on.map((skill) => [skill.told.path, skill]));
  const byName = Map.groupBy(on, ({ told }) => told.name);
  const paths: string[] = [];
  const words = new Set<string>();
  for (const part of input) {
    if (part.type === "skill") paths.push(part.path);
    else if (part.type === "text") {
      const rest = part.text.replaceAll(
        // No bracket within: each beginning is looked at up to the next.
        /\[\$[^[\]\n]+\]\(([^()\n]+)\)/g,
        (_, link: string) => {
          paths.push(toFile(link.trim()));
          return " ";
        },
      );
      for (const [, word] of rest.matchAll(/\$(\w(?:[\w:-]*[\w-])?)/g)) {
        if (!variables.has(word!)) words.add(word!);
      }
    }
  }
  for (const path of paths) {
    const skill = byPath.get(path);
    if (skill !== undefined) named.add(skill);
  }
  for (const skill of on) {
    const { name } = skill.told;
    if (words.has(name) && byName.get(name)!.length === 1) named.add(skill);
  }
  return [...named];
}

function toFile(link: string): string {
  return link.startsWith("skill://") ? link.slice("skill://".length) : link;
}
