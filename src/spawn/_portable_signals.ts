import type { Exit } from "./spawner.ts";

/**
 * Sends a signal to a process group; nothing happens if there is none. Numbers
 * without a name, which Deno refuses, and signals that the permissions of this
 * process don't let it send itself, go through a shell.
 */
export function signalGroup(group: number, number: number): void {
  try {
    // Typed by name, but numbers are taken, and names differ by system.
    Deno.kill(-group, number as unknown as Deno.Signal);
  } catch (error) {
    if (error instanceof TypeError || error instanceof Deno.errors.NotCapable) {
      signalByShell(group, number);
    }
    // Else nobody is left, or nobody whom we may signal.
  }
}

function signalByShell(group: number, number: number): void {
  new Deno.Command("/bin/sh", {
    args: ["-c", 'kill "-$1" "-$2"', "sh", `${number}`, `${group}`],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync();
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
