/**
 * Replays recorded conversations against any server that speaks the protocol.
 *
 *     deno run -A tests/conformance/main.ts --server "CMD app-server"
 *
 * The last line is `N passed, N failed`; the exit code is 0 when nothing
 * failed, 1 when something did, 2 for a command line that makes no sense.
 *
 * @module
 */
import { splitCommand } from "./args.ts";
import { CASE_DIRECTORIES, loadCases } from "./load_cases.ts";
import { loadPending } from "./pending.ts";
import { replay } from "./replay.ts";
import { runCase } from "./run_case.ts";

await replay({
  directory: CASE_DIRECTORIES.core,
  pending: await loadPending(),
  load: loadCases,
  run: (oneCase, options) =>
    runCase(oneCase, { ...options, command: splitCommand(options.server) }),
});
