import { unfinished } from "../../../src/server/unfinished.ts";

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
  const entries = readEntries(contract);
  const waiting = new Set<string>(unfinished);
  const done = entries.filter(({ name }) => !waiting.has(name));
  const rest = entries.filter(({ name }) => waiting.has(name));
  const [doneOfContract, contractEntries] = [done, entries]
    .map((some) =>
      some.filter(({ isGangway, isLegacy }) => !isGangway && !isLegacy)
    );
  const table = [
    "",
    "",
    "<!-- deno-fmt-ignore-start -->",
    "",
    `${doneOfContract!.length} of ${
      contractEntries!.length
    } methods of the contract work; each of`,
    "the others answers -32601 `METHOD is not supported yet`.",
    "",
    ...toRows(done, "works"),
    "",
    `<details><summary>The ${rest.length} that are not there yet</summary>`,
    "",
    ...toRows(rest, "not yet"),
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

function toRows(entries: readonly Entry[], status: string): string[] {
  return [
    "| method | status | what it does |",
    "| --- | --- | --- |",
    ...entries.map(({ name, words, isExperimental, isGangway, isLegacy }) =>
      `| \`${name}\` | ${status}${isExperimental ? ", experimental" : ""}${
        isGangway ? ", [addition](docs/extensions.md)" : ""
      }${isLegacy ? ", older" : ""} | ${words} |`
    ),
  ];
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
