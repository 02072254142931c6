import { parseArguments } from "./arguments.ts";
import { gangway } from "./commands.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs a command line to its end and gives the exit code: 0 done, 1 failed,
 * 2 not understood; `gangway call` has its own list.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const request = parseArguments(gangway, args);
    switch (request.kind) {
      case "run": {
        const { run } = await request.path.at(-1)!.load!();
        return await run(request.invocation);
      }
      case "version": {
        const { printVersion } = await import("./version.ts");
        await printVersion();
        return 0;
      }
      default: {
        const { renderHelp } = await import("./help.ts");
        const { print, printError } = await import("./output.ts");
        const isAsked = request.kind === "help";
        await (isAsked ? print : printError)(renderHelp(request.path));
        return isAsked ? 0 : 2;
      }
    }
  } catch (error) {
    // Whoever read our output has gone: nobody is left to be told.
    if (error instanceof Deno.errors.BrokenPipe) return 1;
    const { printError } = await import("./output.ts");
    const isUsage = error instanceof UsageError;
    await printError(isUsage ? error.render() : describeFailure(error));
    return isUsage ? 2 : 1;
  }
}

/** The error and what caused it, for people. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${error}\n`;
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message)
    ? `Error: ${message}\n\nCaused by:\n    ${cause.message}\n`
    : `Error: ${message}\n`;
}
