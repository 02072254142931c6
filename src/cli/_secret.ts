import { toOsText } from "./_os_text.ts";

/**
 * Reads a secret from a file, without the blanks at both ends.
 *
 * @throws {Error} if the file can't be read or holds nothing; the message
 * never holds the secret.
 */
export async function readSecret(path: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read "${path}": ${toOsText(error)}`);
  }
  const secret = text.trim();
  if (secret === "") throw new Error(`File "${path}" is empty`);
  return secret;
}

/**
 * Reads a secret from the environment.
 *
 * @throws {Error} if the variable is not set or holds nothing.
 */
export function readEnvironment(name: string): string {
  const secret = Deno.env.get(name)?.trim();
  if (!secret) throw new Error(`Environment variable "${name}" is not set`);
  return secret;
}
