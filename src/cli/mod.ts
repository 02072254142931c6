/**
 * The command line: one table of commands, from which parsing, `--help` and
 * shell completions come, and one file per command. A command turns what was
 * typed into calls of the other rooms and into an exit code; it holds no logic
 * of the server. Each is loaded when it runs, so that starting a server on
 * standard input and output costs nothing of the rest.
 *
 * @module
 */
export { main } from "./main.ts";
