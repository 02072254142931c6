import { parseArguments } from "./arguments.ts";
import {
  type Command,
  type Entry,
  type LoadOther,
  program,
} from "./command.ts";
import { appServerCommand } from "./app_server_command.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs a command line to its end and gives the exit code: 0 done, 1 failed,
 * 2 not understood; `gangway call` and `gangway run` have lists of their own.
 * What is not always needed is found as `entry` says.
 */
export async function main(
  args: readonly string[],
  entry: Entry,
): Promise<number> {
  try {
    const request = parseArguments(await findTable(args), args);
    switch (request.kind) {
      case "run": {
        const other: LoadOther = async (name) => {
          const { otherCommands } = await entry.loadOthers();
          return await otherCommands[name]();
        };
        const { run } = await request.path.at(-1)!.load!(other);
        return await run(request.invocation, entry.rooms, other);
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
  } catch (thrown) {
    // What went wrong first is what people can do something about.
    let error: unknown = thrown;
    while (error instanceof SuppressedError) error = error.suppressed;
    // Whoever read our output has gone: nobody is left to be told.
    if (error instanceof Deno.errors.BrokenPipe) return 1;
    const { printError } = await import("./output.ts");
    if (error instanceof UsageError) {
      await printError(error.render());
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    await printError(`Error: ${message}\n`);
    return 1;
  }
}

/** The table of commands; of a server that starts, its own part is enough. */
async function findTable([first]: readonly string[]): Promise<Command> {
  if (first === appServerCommand.name) {
    return { ...program, commands: [appServerCommand] };
  }
  const { gangway } = await import("./commands.ts");
  return gangway;
}
