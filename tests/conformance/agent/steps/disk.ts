import { dirname } from "node:path";
import { glob } from "node:fs/promises";
import { eventually } from "../../deadline.ts";
import { check, Failure } from "../../failure.ts";
import { type Json, parseJson } from "../../json.ts";
import type { AgentRun } from "../agent_run.ts";
import type { AgentSteps } from "../case.ts";

/**
 * `file`: whether files are there, and what the first of them holds. With
 * `within` that may take a while.
 */
export async function file(
  run: AgentRun,
  step: AgentSteps["file"],
): Promise<void> {
  if (step.within === undefined) return await lookAtFile(run, step);
  const limitMs = run.toLimitMs(step.within);
  await eventually(() => lookAtFile(run, step), limitMs, run.signal);
}

async function lookAtFile(
  run: AgentRun,
  step: AgentSteps["file"],
): Promise<void> {
  const paths: string[] = [];
  for await (const path of glob(run.path(step.file))) paths.push(path);
  const [first] = paths.sort();
  if (step.absent === true) {
    if (first !== undefined) throw new Failure(`${first} should not exist`);
    return;
  }
  if (first === undefined) throw new Failure(`no file ${step.file}`);
  if (step.count !== undefined) {
    check(step.count, paths.length, `number of files ${step.file}`);
  }
  if (step.content !== undefined) {
    check(step.content, await Deno.readTextFile(first), step.file);
  }
  if (step.jsonl !== undefined) {
    const want = step.jsonl;
    await eventually(
      async () => check(want, await readLines(first), step.file),
      run.toLimitMs(2000),
      run.signal,
    );
  }
  if (step.save !== undefined) {
    run.save(step.save, await Deno.readTextFile(first));
  }
}

/** `writeFile`: writes a text, with its directories. */
export async function writeFile(
  run: AgentRun,
  step: AgentSteps["writeFile"],
): Promise<void> {
  const path = run.path(step.writeFile);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, step.content);
}

/** `remove`: removes a file or a tree. */
export async function remove(
  run: AgentRun,
  step: AgentSteps["remove"],
): Promise<void> {
  await Deno.remove(run.path(step.remove), { recursive: true });
}

async function readLines(path: string): Promise<Json> {
  const text = await Deno.readTextFile(path);
  return text.split("\n").filter((line) => line !== "")
    .map((line) => parseJson(line) ?? line);
}
