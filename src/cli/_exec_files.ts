import { isPlaceholder, type JsonValue, resolvePath } from "../protocol/mod.ts";
import { toFailure, toOsText } from "./_os_text.ts";
import { printError } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/**
 * What a JSON file holds.
 *
 * @throws {UsageError} if it can't be read, or is no JSON.
 */
export async function readSchema(path: string): Promise<JsonValue> {
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

/**
 * The real path of a directory to work in.
 *
 * @throws {UsageError} if it is none.
 */
export async function readDirectory(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch (error) {
    throw new UsageError(`cannot work in "${path}": ${toOsText(error)}`);
  }
  throw new UsageError(`cannot work in "${path}": not a directory`);
}

/**
 * The path of a directory that commands may write in besides, real if there is
 * one. What is missing may be made while the agent works.
 */
export async function readWritablePath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    await printError(
      `warning: cannot find the directory "${path}": ${toOsText(error)}\n`,
    );
  }
  return resolvePath(Deno.cwd(), path);
}

/**
 * The absolute path of an image. The model is told of one that can't be read,
 * and so is whoever reads along; it is no reason not to work.
 */
export async function readImagePath(path: string): Promise<string> {
  try {
    await Deno.stat(path);
  } catch (error) {
    await printError(
      `warning: cannot read the image "${path}": ${toOsText(error)}\n`,
    );
  }
  return resolvePath(Deno.cwd(), path);
}

/**
 * Sees to it that a file can be written later: nobody should learn only after
 * an hour's work that it can't.
 *
 * @throws {Error} if it can't.
 */
export async function checkWritable(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true, create: true })).close();
  } catch (error) {
    throw toFailure(`Cannot write the last message to "${path}"`, error);
  }
}

/** Whether a directory belongs to a git repository. */
export async function isInRepository(directory: string): Promise<boolean> {
  try {
    if (!isPlaceholder(await Deno.lstat(`${directory}/.git`))) return true;
  } catch {
    // Nothing here that anybody could look at.
  }
  const parent = await Deno.realPath(`${directory}/..`);
  return parent !== directory && await isInRepository(parent);
}
