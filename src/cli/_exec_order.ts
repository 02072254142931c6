import { dirname, isAbsolute, resolve } from "node:path";
import type { JsonValue, SandboxMode, UserInput } from "../protocol/mod.ts";
import { toOsText } from "./_os_text.ts";
import type { Invocation } from "./command.ts";
import { printError, readInput } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** Which earlier session is meant. */
export type ExecPast =
  | { kind: "named"; name: string }
  | { kind: "last"; isAnywhere: boolean };

/** What `gangway exec` was asked to do, all files read. */
export interface ExecOrder {
  readonly prompt: string;
  readonly images: readonly string[];
  readonly past: ExecPast | undefined;
  readonly cwd: string;
  readonly furtherRoots: readonly string[];
  readonly model: string | undefined;
  readonly sandbox: SandboxMode | undefined;
  readonly outputSchema: JsonValue | undefined;
  readonly isEphemeral: boolean;
  readonly threadSource: string | undefined;
}

/**
 * Reads what the options of `gangway exec` lead to.
 *
 * @throws {UsageError} if there is no prompt, or a file is not what it must be.
 * @throws {Error} if the directory is in no git repository.
 */
export async function readExecOrder(
  invocation: Invocation,
  { past, prompt, stop }: {
    past: ExecPast | undefined;
    prompt: string | undefined;
    stop: AbortSignal;
  },
): Promise<ExecOrder> {
  const cwd = await readDirectory(invocation.value("cd") ?? ".");
  const isUnguarded = invocation.has("skip-git-repo-check") ||
    invocation.has("dangerously-bypass-approvals-and-sandbox");
  if (!isUnguarded && !await isInRepository(cwd)) {
    throw new Error(
      `Directory "${cwd}" is in no git repository: what an agent changes ` +
        "there can't be taken back; `--skip-git-repo-check` works there",
    );
  }
  return {
    images: await Promise.all(
      invocation.values("image").flatMap((list) => list.split(","))
        .map(readFilePath),
    ),
    past,
    cwd,
    furtherRoots: await Promise.all(
      invocation.values("add-dir").map(readDirectory),
    ),
    model: invocation.value("model"),
    sandbox: toSandbox(invocation),
    outputSchema: await readSchema(invocation.value("output-schema")),
    isEphemeral: invocation.has("ephemeral"),
    threadSource: invocation.value("thread-source"),
    prompt: await readPrompt(prompt, past !== undefined, stop),
  };
}

/** What a turn is started with. */
export function toInput({ prompt, images }: ExecOrder): UserInput[] {
  return [
    ...images.map((path): UserInput => ({ type: "localImage", path })),
    { type: "text", text: prompt, text_elements: [] },
  ];
}

function toSandbox(invocation: Invocation): SandboxMode | undefined {
  if (invocation.has("dangerously-bypass-approvals-and-sandbox")) {
    return "danger-full-access";
  }
  return invocation.has("full-auto")
    ? "workspace-write"
    : invocation.value("sandbox") as SandboxMode | undefined;
}

async function readPrompt(
  given: string | undefined,
  isResumed: boolean,
  stop: AbortSignal,
): Promise<string> {
  const isWhole = given === undefined || given === "-";
  const isTyped = Deno.stdin.isTerminal();
  if (isWhole && isTyped && given === undefined) {
    throw new UsageError(
      "no prompt: give one as an argument, or on standard input",
    );
  }
  // Whoever goes on with a prompt of its own has no more to say.
  if (!isWhole && (isTyped || isResumed)) return checkPrompt(given);
  if (!isTyped) await printError("Reading standard input…\n");
  const text = await raceAbort(readInput(), stop);
  if (isWhole) return checkPrompt(text);
  return text.trim() === ""
    ? checkPrompt(given)
    : `${given}\n\n<stdin>\n${text.replace(/\n$/, "")}\n</stdin>`;
}

function checkPrompt(text: string): string {
  if (text.trim() === "") throw new UsageError("the prompt is empty");
  return text;
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise])
    .finally(() => signal.removeEventListener("abort", abort));
}

async function readSchema(
  path: string | undefined,
): Promise<JsonValue | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new UsageError(
      `cannot read the schema "${path}": ${toOsText(error)}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `the schema "${path}" is no JSON: ${(error as Error).message}`,
    );
  }
}

async function readDirectory(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch (error) {
    throw new UsageError(`cannot work in "${path}": ${toOsText(error)}`);
  }
  throw new UsageError(`cannot work in "${path}": not a directory`);
}

async function readFilePath(path: string): Promise<string> {
  try {
    await Deno.stat(path);
  } catch (error) {
    throw new UsageError(`cannot read the image "${path}": ${toOsText(error)}`);
  }
  return isAbsolute(path) ? path : resolve(path);
}

async function isInRepository(directory: string): Promise<boolean> {
  try {
    await Deno.lstat(`${directory}/.git`);
    return true;
  } catch {
    const parent = dirname(directory);
    return parent !== directory && await isInRepository(parent);
  }
}
