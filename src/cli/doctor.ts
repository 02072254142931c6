import { Client } from "../client/mod.ts";
import { assembleAppServer, type RoomsOnDemand } from "../server/mod.ts";
import type { ConfigWarningNotification } from "../protocol/mod.ts";
import { toConfigOptions } from "./_configuration_options.ts";
import type { Invocation } from "./command.ts";
import { print } from "./output.ts";

/** Something that was looked at: how it is, or what is wrong with it. */
interface Finding {
  readonly what: string;
  readonly says: string;
  readonly isWrong: boolean;
}

/**
 * Looks at what a server of this configuration would be, as a client sees it,
 * and prints what is wrong. Changes nothing but what any start would make.
 *
 * @returns 0, or 1 if something is wrong.
 */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const config = toConfigOptions(invocation);
  await using server = await assembleAppServer(rooms, { config });
  await using client = await Client.connect({ channel: server.connect() });
  using told = client.notifications("configWarning");
  const findings: Finding[] = [
    { what: "home", says: client.initialized.codexHome, isWrong: false },
    await look("settings", async () => {
      const { model, approvalPolicy, sandbox } = await openThread(client);
      const policy = typeof approvalPolicy === "string"
        ? approvalPolicy
        : "granular";
      return `model ${model}, ${sandbox.type}, asks ${policy}`;
    }),
    await look("account", async () => {
      const { account, requiresOpenaiAuth } = await client.request(
        "account/read",
        {},
      );
      if (account !== null) return account.type;
      if (!requiresOpenaiAuth) return "none, and none is needed";
      throw new Error("nobody is signed in, and the model provider wants it");
    }),
    await look("threads", async () => {
      const { data, nextCursor } = await client.request("thread/list", {
        limit: 1,
      });
      return data.length === 0
        ? "none yet"
        : nextCursor === null
        ? "one"
        : "more than one";
    }),
  ];
  for (const warning of await takeWarnings(client, told)) {
    findings.push({
      what: "warning",
      says: await describe(warning),
      isWrong: true,
    });
  }
  for (const { what, says, isWrong } of findings) {
    const text = says.trimEnd().replaceAll("\n", "\n    ");
    await print(`${isWrong ? "!" : "·"} ${what}: ${text}\n`);
  }
  const wrong = findings.filter(({ isWrong }) => isWrong).length;
  await print(wrong === 0 ? "All is well.\n" : `Found ${wrong}.\n`);
  return wrong === 0 ? 0 : 1;
}

/** A thread that is kept nowhere: its settings are those of every new one. */
async function openThread(client: Client) {
  const { thread, ...settings } = await client.request("thread/start", {
    ephemeral: true,
  });
  await client.request("thread/unsubscribe", { threadId: thread.id });
  return settings;
}

async function look(
  what: string,
  at: () => Promise<string>,
): Promise<Finding> {
  try {
    return { what, says: await at(), isWrong: false };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { what, says, isWrong: true };
  }
}

/** The warnings that have come so far, each once. */
async function takeWarnings(
  client: Client,
  told: AsyncIterator<{ readonly params: ConfigWarningNotification }>,
): Promise<ConfigWarningNotification[]> {
  const found = new Map<string, ConfigWarningNotification>();
  const isThere = Symbol();
  for (;;) {
    // An answer comes behind everything that was told before it was asked for;
    // a refusal does too, as there is where a file is broken.
    const heard = () => isThere;
    const asked = client.request("configRequirements/read").then(heard, heard);
    const next = await Promise.race([told.next(), asked]);
    if (typeof next === "symbol" || next.done) return [...found.values()];
    const { params } = next.value;
    found.set(JSON.stringify(params), params);
  }
}

/** A warning with its line, and a caret below what is wrong. */
async function describe(warning: ConfigWarningNotification): Promise<string> {
  const { summary, details, path, range } = warning;
  const text = details === null ? summary : `${summary}\n${details}`;
  if (path === undefined || range === undefined) return text;
  const { start, end } = range;
  const lines = await Deno.readTextFile(path).then(
    (file) => file.split("\n"),
    () => [],
  );
  const line = lines[start.line - 1];
  if (line === undefined) return text;
  const characters = [...line.replace(/\r$/, "")];
  const last = end.line === start.line ? end.column : characters.length;
  const before = characters.slice(0, start.column - 1);
  const wrong = characters.slice(start.column - 1, last);
  // Tabs are as wide as the terminal makes them, above and below.
  const indent = before.map((character) =>
    character === "\t" ? "\t" : " ".repeat(toWidth(character))
  );
  // What is missing is missing behind the line.
  const width = Math.max(
    1,
    wrong.reduce((sum, character) => sum + toWidth(character), 0),
  );
  const number = String(start.line);
  return `${text}\n${number} | ${characters.map(toShown).join("")}\n` +
    `${" ".repeat(number.length)} | ${indent.join("")}${"^".repeat(width)}`;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns of a terminal that a character takes. */
function toWidth(character: string): number {
  if (/[\p{M}\u200b-\u200f\ufeff]/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** A character as it may be printed; a terminal would obey some of them. */
function toShown(character: string): string {
  // deno-lint-ignore no-control-regex -- they are what must not be printed
  return /[\x00-\x08\x0a-\x1f\x7f-\x9f]/.test(character) ? "�" : character;
}
