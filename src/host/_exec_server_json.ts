import type { EnvironmentInfoResponse } from "../protocol/mod.ts";
import { ExecServerError } from "./exec_server_error.ts";

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A text that has to stand in an answer of an exec server.
 *
 * @throws {ExecServerError} if it is missing.
 */
export function readText(answer: unknown, name: string): string {
  const value = read(answer, name);
  if (typeof value === "string") return value;
  throw malformed(`invalid type of \`${name}\`, expected a string`);
}

/**
 * The shell and the directory that an exec server tells of.
 *
 * @throws {ExecServerError} if it doesn't.
 */
export function readInfo(answer: unknown): EnvironmentInfoResponse {
  const shell = read(answer, "shell");
  const { cwd } = answer as { readonly cwd?: unknown };
  return {
    shell: { name: readText(shell, "name"), path: readText(shell, "path") },
    cwd: typeof cwd === "string" ? cwd : null,
  };
}

/** What an exec server tells of itself when it is greeted, if it does. */
export function readGreeting(answer: unknown): {
  readonly shell: EnvironmentInfoResponse["shell"] | undefined;
  /** A `file:` URL. */
  readonly userHome: string | undefined;
} {
  const told = isRecord(answer) ? answer["environmentInfo"] : undefined;
  const { shell, userHomeDir } = isRecord(told) ? told : {};
  const { name, path } = isRecord(shell) ? shell : {};
  return {
    shell: typeof name === "string" && typeof path === "string"
      ? { name, path }
      : undefined,
    userHome: typeof userHomeDir === "string" ? userHomeDir : undefined,
  };
}

/**
 * Checks that an exec server says of itself that it is ready.
 *
 * @throws {ExecServerError} if it doesn't.
 */
export function checkIsReady(answer: unknown): void {
  const status = readText(answer, "status");
  if (status === "ready") return;
  throw malformed(`unknown variant \`${status}\`, expected \`ready\``);
}

function read(answer: unknown, name: string): unknown {
  const value = isRecord(answer) ? answer[name] : undefined;
  if (value !== undefined) return value;
  throw malformed(`missing field \`${name}\``);
}

function malformed(what: string): ExecServerError {
  return new ExecServerError(
    `failed to serialize or deserialize exec-server JSON: ${what}`,
  );
}
