import { fileURLToPath } from "node:url";
import { isObject, type Json, show } from "../json.ts";
import { readCases } from "../load_cases.ts";
import { loadPending, type Pending } from "../pending.ts";
import type { AgentCase } from "./case.ts";
import { verbOf } from "./steps/perform.ts";

/** Directory of the cases that need a model. */
export const AGENT_CASES: string = fileURLToPath(
  new URL("../cases/agent", import.meta.url),
);

/** The cases of a directory. */
export function loadAgentCases(directory: string): Promise<AgentCase[]> {
  return readCases(directory, toCase);
}

/** Cases and areas that wait for methods not implemented yet. */
export function loadAgentPending(): Promise<Pending> {
  return loadPending(new URL("pending.json", import.meta.url));
}

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
