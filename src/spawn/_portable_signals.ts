import type { Exit } from "./spawner.ts";

/**
 * Sends a signal to a process, or with a negative number to a group. Numbers
 * without a name, which Deno refuses, and signals that the permissions of this
 * process don't let it send itself, go through a shell.
 *
 * @returns Whether there was somebody to get it.
 */
export function sendSignal(target: number, number: number): boolean {
  try {
    // Typed by name, but numbers are taken, and names differ by system.
    Deno.kill(target, number as unknown as Deno.Signal);
    return true;
  } catch (error) {
    // A number that is refused, or a missing permission; else nobody is left,
    // or nobody whom we may signal.
    return (error instanceof TypeError ||
      error instanceof Deno.errors.NotCapable) && sendByShell(target, number);
  }
}

function sendByShell(target: number, number: number): boolean {
  const { success } = new Deno.Command("/bin/sh", {
    args: ["-c", 'kill "-$1" "$2"', "sh", `${number}`, `${target}`],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}

/** How a program ended. Real-time signals come as an error that names them. */
export async function toExit(
  status: Promise<Deno.CommandStatus>,
): Promise<Exit> {
  try {
    const { code, signal } = await status;
    return signal === null ? { code } : { signal: code - 128 };
  } catch (error) {
    const number = /signal:? (\d+)/i.exec(String(error))?.[1];
    return number === undefined ? { signal: 9 } : { signal: Number(number) };
  }
}
