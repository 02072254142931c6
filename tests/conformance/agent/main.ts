/**
 * Replays conversations that need a model against any server that speaks the
 * protocol; the model is scripted by the cases. Options are those of the
 * runner beside this directory.
 *
 *     deno run -A tests/conformance/agent/main.ts --server "CMD app-server"
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { splitCommand } from "../args.ts";
import { isObject, type Json, show } from "../json.ts";
import { readCases } from "../load_cases.ts";
import { replay } from "../replay.ts";
import type { AgentCase } from "./case.ts";
import { runCase } from "./run_case.ts";
import { verbOf } from "./steps/perform.ts";

await replay({
  directory: fileURLToPath(new URL("../cases/agent", import.meta.url)),
  pending: {},
  load: (directory) => readCases(directory, toCase),
  run: (oneCase, { server, root }) =>
    runCase(oneCase, { root, command: splitCommand(server) }),
});

function toCase(value: Json, file: string): AgentCase {
  if (
    !isObject(value) || typeof value.name !== "string" ||
    typeof value.area !== "string" || typeof value.strict !== "boolean" ||
    (value.transport !== "stdio" && value.transport !== "ws") ||
    !Array.isArray(value.steps)
  ) throw new TypeError(`Not a case, in ${file}: ${show(value)}`);
  for (const step of value.steps) {
    if (!isObject(step) || verbOf(step) === undefined) {
      throw new TypeError(`Unknown step in "${value.name}": ${show(step)}`);
    }
  }
  // The rest of the shape is checked where it is used: a wrong field there
  // fails its own case.
  return value as unknown as AgentCase;
}
