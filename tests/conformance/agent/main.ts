/**
 * Replays conversations that need a model against any server that speaks the
 * protocol; the model is scripted by the cases. Options are those of the
 * runner beside this directory.
 *
 *     deno run -A tests/conformance/agent/main.ts --server "CMD app-server"
 *
 * @module
 */
import { splitCommand } from "../args.ts";
import { replay } from "../replay.ts";
import {
  AGENT_CASES,
  loadAgentCases,
  loadAgentPending,
} from "./load_agent_cases.ts";
import { runCase } from "./run_case.ts";

await replay({
  directory: AGENT_CASES,
  pending: await loadAgentPending(),
  load: loadAgentCases,
  run: (oneCase, { server, root }) =>
    runCase(oneCase, { root, command: splitCommand(server) }),
});
