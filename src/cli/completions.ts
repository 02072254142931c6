import { optionsOf } from "./arguments.ts";
import type { Command, Option, Run } from "./command.ts";
import { print } from "./output.ts";

/** What prints completions of a whole command table for a shell. */
export function completing(root: Command): Run {
  return async ({ operands }) => {
    await print(renderCompletions(root, operands[0] ?? "bash"));
    return 0;
  };
}

/** One command as completions see it. */
interface Place {
  /** The words that lead to it, such as `gangway app-server`. */
  readonly path: string;
  /** All words, aliases included, that lead to its children. */
  readonly steps: readonly { readonly typed: string; readonly path: string }[];
  readonly command: Command;
  readonly options: readonly Option[];
  readonly children: readonly Command[];
  /** Values of its first operand, where there are only these. */
  readonly choices: readonly string[];
}

/** The completion script of a command table for `bash`, `zsh` or `fish`. */
export function renderCompletions(root: Command, shell: string): string {
  const places = toPlaces(root, "");
  if (shell === "zsh") return renderZsh(root.name, places);
  return shell === "fish"
    ? renderFish(root.name, places)
    : renderBash(root.name, places);
}

function toPlaces(command: Command, above: string): Place[] {
  const path = `${above} ${command.name}`.trim();
  const commands = command.commands ?? [];
  return [
    {
      path,
      steps: commands.flatMap(({ name, aliases = [] }) =>
        [name, ...aliases].map((word) => ({
          typed: `${path} ${word}`,
          path: `${path} ${name}`,
        }))
      ),
      command,
      options: optionsOf(command).filter(({ hidden }) => !hidden),
      children: commands.filter(({ hidden }) => !hidden),
      choices: command.operands?.[0]?.choices ?? [],
    },
    ...commands.flatMap((child) => toPlaces(child, path)),
  ];
}

/** What the value of an option is completed from. */
function toValueCases(
  places: readonly Place[],
  action: { words(words: string): string; files: string; none: string },
): string[] {
  return places.flatMap(({ path, options }) =>
    options.flatMap(({ name, short, value, optionalValue, choices, names }) => {
      // A value that is given behind "=" is no word of its own.
      if (value === undefined || optionalValue) return [];
      const typed = [`--${name}`, ...short === undefined ? [] : [`-${short}`]]
        .map((word) => quote(`${path} ${word}`)).join(" | ");
      const found = choices !== undefined
        ? action.words(choices.join(" "))
        : names === undefined
        ? action.none
        : action.files;
      return [`    ${typed}) ${found}; return ;;`];
    })
  );
}

function toSteps(places: readonly Place[]): string[] {
  return places.flatMap(({ steps }) =>
    steps.map(({ typed, path }) =>
      `      ${quote(typed)}) path=${quote(path)} ;;`
    )
  );
}

function toWords({ options, children, choices }: Place): string {
  return [
    ...children.map(({ name }) => name),
    ...choices,
    ...options.map(({ name }) => `--${name}`),
  ].join(" ");
}

function renderBash(name: string, places: readonly Place[]): string {
  return `# bash completion for ${name}
_${name}() {
  local path=${name} cur=\${COMP_WORDS[COMP_CWORD]} i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${toSteps(places).join("\n")}
    esac
  done
  case "$path \${COMP_WORDS[COMP_CWORD - 1]}" in
${
    toValueCases(places, {
      words: (words) => `COMPREPLY=($(compgen -W ${quote(words)} -- "$cur"))`,
      files: 'COMPREPLY=($(compgen -f -- "$cur"))',
      none: ":",
    }).join("\n")
  }
  esac
  case "$path" in
${
    places.map((place) =>
      `    ${quote(place.path)}) COMPREPLY=($(compgen -W ${
        quote(toWords(place))
      } -- "$cur")) ;;`
    ).join("\n")
  }
  esac
}
complete -o default -F _${name} ${name}
`;
}

function renderZsh(name: string, places: readonly Place[]): string {
  const describe = (word: string, text: string): string =>
    quote(`${word.replaceAll(":", "\\:")}:${toTitle(text)}`);
  return `#compdef ${name}
_${name}() {
  local path_=${name} i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "$path_ \${words[i]}" in
${toSteps(places).join("\n").replaceAll(") path=", ") path_=")}
    esac
  done
  case "$path_ \${words[CURRENT - 1]}" in
${
    toValueCases(places, {
      words: (words) => `compadd -- ${words}`,
      files: "_files",
      none: ":",
    }).join("\n")
  }
  esac
  case "$path_" in
${
    places.map(({ path, options, children, choices }) =>
      `    ${quote(path)}) found=(${
        [
          ...children.map(({ name, summary }) => describe(name, summary)),
          ...choices.map((choice) => describe(choice, choice)),
          ...options.map(({ name, help }) => describe(`--${name}`, help)),
        ].join(" ")
      }) ;;`
    ).join("\n")
  }
  esac
  _describe ${quote(name)} found
}
if [[ "\${funcstack[1]}" == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function renderFish(name: string, places: readonly Place[]): string {
  const steps = places.flatMap(({ steps }) =>
    steps.map(({ typed, path }) =>
      `      case ${fishQuote(typed)}\n        set path ${fishQuote(path)}`
    )
  );
  const rules = places.flatMap(({ path, options, children, choices }) => {
    const here = `complete -c ${name} -n ${
      fishQuote(`test (__${name}_path) = "${path}"`)
    }`;
    return [
      ...children.map((child) =>
        `${here} -a ${child.name} -d ${fishQuote(toTitle(child.summary))}`
      ),
      ...choices.map((choice) => `${here} -a ${choice}`),
      ...options.map((option) => `${here} ${toFishOption(option)}`),
    ];
  });
  return `# fish completion for ${name}
function __${name}_path
  set -l path ${name}
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
${steps.join("\n")}
    end
  end
  echo $path
end
complete -c ${name} -f
${rules.join("\n")}
`;
}

function toFishOption(option: Option): string {
  const { name, short, value, optionalValue, choices, names, help } = option;
  return [
    `-l ${name}`,
    ...short === undefined ? [] : [`-s ${short}`],
    ...value === undefined || optionalValue
      ? []
      : [names === undefined ? "-x" : "-r -F"],
    ...choices === undefined ? [] : [`-a ${fishQuote(choices.join(" "))}`],
    `-d ${fishQuote(toTitle(help))}`,
  ].join(" ");
}

/** The first sentence of a help text: completions have one line. */
function toTitle(help: string): string {
  return help.split(/(?<=\w)[.;:] /)[0]!.replace(/\.$/, "");
}

/** A word for bash and zsh that is nothing but itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
