import type {
  CyberAccessProgram,
  JsonValue,
  ReviewTarget,
  SandboxMode,
  UserInput,
} from "../protocol/mod.ts";
import {
  checkWritable,
  isInRepository,
  readDirectory,
  readImagePath,
  readSchema,
  readWritablePath,
} from "./_exec_files.ts";
import { readPrompt } from "./_exec_prompt.ts";
import type { Invocation } from "./command.ts";

/** Which earlier session is meant. */
export type ExecPast =
  | { kind: "named"; name: string }
  | { kind: "last"; isAnywhere: boolean };

/** The session to work in. */
export type ExecStart =
  | { kind: "new" }
  | { kind: "resume"; past: ExecPast }
  | { kind: "fork"; past: ExecPast };

/** What is to be done in it, as it was typed. */
export type ExecWish =
  | { kind: "prompt"; given: string | undefined; takesMore: boolean }
  | { kind: "review"; target: ReviewTarget }
  | { kind: "nothing" };

/** What a command of `gangway exec` asks for. */
export interface ExecTask {
  readonly start: ExecStart;
  readonly wish: ExecWish;
}

/** What an agent is to do. */
export type ExecWork =
  | { kind: "turn"; input: UserInput[] }
  | { kind: "review"; target: ReviewTarget };

/** What `gangway exec` was asked to do, all files read. */
export interface ExecOrder {
  readonly start: ExecStart;
  /** Undefined if the session is all that is wanted. */
  readonly work: ExecWork | undefined;
  readonly cwd: string;
  readonly furtherRoots: readonly string[];
  readonly model: string | undefined;
  readonly modelProvider?: string;
  readonly sandbox: SandboxMode | undefined;
  /** Whether a model decides where a person would be asked. */
  readonly isReviewed: boolean;
  readonly outputSchema: JsonValue | undefined;
  readonly isEphemeral: boolean;
  readonly threadSource: string | undefined;
  readonly cyberAccessProgram: CyberAccessProgram | undefined;
}

const PROGRAMS: Readonly<Record<string, CyberAccessProgram>> = {
  standard: "standard",
  daybreak_blue: "daybreakBlue",
  daybreak_red: "daybreakRed",
};

/**
 * Reads what the options of `gangway exec` lead to.
 *
 * @throws {UsageError} if there is no prompt, or a file is not what it must be.
 * @throws {Error} if the directory is in no git repository.
 */
export async function readExecOrder(
  invocation: Invocation,
  { start, wish }: ExecTask,
  stop: AbortSignal,
): Promise<ExecOrder> {
  if (invocation.has("worktree")) {
    throw new Error(
      "Worktrees are not made: `git worktree add DIR` and `--cd DIR` do it",
    );
  }
  const cwd = await readDirectory(invocation.value("cd") ?? ".");
  const isUnguarded = invocation.has("skip-git-repo-check") ||
    invocation.has("dangerously-bypass-approvals-and-sandbox");
  if (!isUnguarded && !await isInRepository(cwd)) {
    throw new Error(
      `Directory "${cwd}" is in no git repository: what an agent changes ` +
        "there can't be taken back; `--skip-git-repo-check` works there",
    );
  }
  const last = invocation.value("output-last-message");
  if (last !== undefined) await checkWritable(last);
  const schema = invocation.value("output-schema");
  const program = invocation.value("cyber-access-program");
  return {
    start,
    cwd,
    furtherRoots: await Promise.all(
      invocation.values("add-dir").map(readWritablePath),
    ),
    model: invocation.value("model"),
    sandbox: toSandbox(invocation),
    isReviewed: invocation.has("approve-for-me"),
    outputSchema: schema === undefined ? undefined : await readSchema(schema),
    isEphemeral: invocation.has("ephemeral"),
    threadSource: invocation.value("thread-source"),
    cyberAccessProgram: program === undefined ? undefined : PROGRAMS[program],
    work: await toWork(invocation, wish, stop),
  };
}

async function toWork(
  invocation: Invocation,
  wish: ExecWish,
  stop: AbortSignal,
): Promise<ExecWork | undefined> {
  if (wish.kind === "nothing") return undefined;
  if (wish.kind === "review") return wish;
  const paths = invocation.values("image").flatMap((list) => list.split(","));
  const images = await Promise.all(paths.map(readImagePath));
  const { given, takesMore } = wish;
  const isBehindFiles = given === undefined && paths.length > 0;
  const text = await readPrompt({ given, takesMore, isBehindFiles }, stop);
  return {
    kind: "turn",
    input: [
      ...images.map((path): UserInput => ({ type: "localImage", path })),
      { type: "text", text, text_elements: [] },
    ],
  };
}

function toSandbox(invocation: Invocation): SandboxMode | undefined {
  if (invocation.has("dangerously-bypass-approvals-and-sandbox")) {
    return "danger-full-access";
  }
  return invocation.has("full-auto") || invocation.has("approve-for-me")
    ? "workspace-write"
    : invocation.value("sandbox") as SandboxMode | undefined;
}
