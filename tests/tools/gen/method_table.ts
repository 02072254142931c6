import { unfinished } from "../../../src/server/unfinished.ts";
import { fixedAnswers } from "./fixed_answers.ts";

const BEGIN =
  "<!-- methods: printed by `deno task gen` from the contract and the tables -->";
const END = "<!-- /methods -->";

interface Entry {
  name: string;
  words: string;
  isExperimental: boolean;
  /** Whether it is an addition of ours. */
  isGangway: boolean;
  /** Whether only an earlier version of the contract had it. */
  isLegacy: boolean;
}

/**
 * README with its method table brought up to date.
 *
 * @param contract Text of `src/protocol/methods.ts`.
 * @throws {Error} if README has no place for the table.
 */
export function withMethodTable(readme: string, contract: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README lacks ${BEGIN}`);
  const waiting = new Set<string>(unfinished);
  const entries = readEntries(contract);
  const counted = entries.filter(({ isGangway, isLegacy }) =>
    !isGangway && !isLegacy
  );
  const fixed = counted.filter(({ name }) => name in fixedAnswers);
  const missing = counted.filter(({ name }) => waiting.has(name));
  const table = [
    "",
    "",
    "<!-- deno-fmt-ignore-start -->",
    "",
    `${counted.length - fixed.length - missing.length} of ${counted.length} ` +
    `methods of the contract work. ${fixed.length} more are known and`,
    "answered, but have nothing behind them: each says so in the table, and why",
    "is in [docs/compatibility.md](docs/compatibility.md#where-we-do-less).",
    ...(missing.length === 0 ? [] : [
      `${missing.length} are not there yet: -32601 \`METHOD is not supported yet\`.`,
    ]),
    "",
    `<details><summary>All ${entries.length}, with additions and older names</summary>`,
    "",
    "| method | status | what it does |",
    "| --- | --- | --- |",
    ...entries.map((entry) =>
      toRow(entry, waiting.has(entry.name) ? "not yet" : undefined)
    ),
    "",
    "</details>",
    "",
    "<!-- deno-fmt-ignore-end -->",
    "",
    "",
  ];
  return readme.slice(0, begin + BEGIN.length) + table.join("\n") +
    readme.slice(end);
}

function toRow(
  { name, words, isExperimental, isGangway, isLegacy }: Entry,
  missing: string | undefined,
): string {
  const fixed: Partial<Record<string, string>> = fixedAnswers;
  const status = [
    missing ?? fixed[name] ?? "works",
    ...(isExperimental ? ["experimental"] : []),
    ...(isGangway ? ["[addition](docs/extensions.md)"] : []),
    ...(isLegacy ? ["older"] : []),
  ].join(", ");
  return `| \`${name}\` | ${status} | ${words} |`;
}

/** Names and first words of the client's requests, in declared order. */
function readEntries(contract: string): Entry[] {
  const start = contract.indexOf("export interface ClientRequests {");
  const body = contract.slice(start, contract.indexOf("\n}\n", start));
  const entry = /^ {2}\/\*\*([^]*?)\*\/\n {2}"?([\w/]+)"?: Method</gm;
  return [...body.matchAll(entry)].map(([, comment, name]) => {
    const text = comment!.replace(/\s*\n\s*\*?\s*/g, " ").trim();
    return {
      name: name!,
      words: text.replace(/\s*@\w+.*/, ""),
      isExperimental: text.includes("@experimental"),
      isGangway: text.includes("@gangway"),
      isLegacy: text.includes("@legacy"),
    };
  });
}
