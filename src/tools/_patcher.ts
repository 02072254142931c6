import type { Access } from "../access/mod.ts";
import {
  applyPlan,
  DiskFiles,
  findHeredocPatch,
  parsePatch,
  PatchError,
  type PatchOutcome,
  type PatchPlan,
  planPatch,
  TurnDiff,
} from "../patch/mod.ts";
import type { FileChangeItem } from "../protocol/mod.ts";
import { InvalidPermission, type Sandbox } from "../sandbox/mod.ts";
import { readArguments } from "./_arguments.ts";
import { resolvePath } from "./_command_line.ts";
import type { CommandRequest } from "./_command_request.ts";
import { type Grants, isConfined, toLimits, toWish } from "./_grants.ts";
import type { PatchApprovals } from "./patch_approvals.ts";
import { failure } from "./command_runner.ts";
import type { Stage } from "./stage.ts";
import type { ToolCall, ToolContext, ToolOutput } from "./tool.ts";

/** What patches are applied with. */
export interface PatcherOptions {
  readonly access: Access;
  readonly sandbox: Sandbox;
  readonly approvals: PatchApprovals;
  readonly grants: Grants;
}

/** Applies the patches of a thread. Keeps the diff of every turn. */
export class Patcher {
  readonly #options: PatcherOptions;
  readonly #files: DiskFiles;
  readonly #diffs = new WeakMap<Stage, TurnDiff>();
  /** Turns of which clients were told last that they changed something. */
  readonly #toldOf = new WeakSet<Stage>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param options What they are applied with. */
  constructor(options: PatcherOptions) {
    this.#options = options;
    this.#files = new DiskFiles(options.access);
  }

  /** Applies one that a model calls the tool with. */
  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const text = call.kind === "custom"
      ? call.input
      : readArguments(call.input).text("input");
    return await this.#apply(text, context.settings.cwd, call, context);
  }

  /**
   * Applies the patch that a command is; nothing if it is anything else.
   *
   * @throws {unknown} the signal's reason.
   */
  async applyCommand(
    { argv, cwd }: CommandRequest,
    call: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput | undefined> {
    try {
      const found = findHeredocPatch(argv);
      if (found === undefined) return undefined;
      const { text, directory } = found;
      const from = resolvePath(directory ?? "", cwd);
      const done = await this.#apply(text, from, call, context);
      if (!done.isSuccess) return done;
      return {
        ...done,
        response: null, // it was not the command that did it
        output: `Wall time: 0.0000 seconds\nOutput:\n${done.output}`,
      };
    } catch (error) {
      if (error instanceof PatchError) return failure(error.answer);
      throw error;
    }
  }

  /** As {@linkcode Toolbox.tellDiff}. */
  async tellDiff(stage: Stage): Promise<void> {
    const turn = this.#diffs.get(stage);
    if (turn === undefined) return;
    const diff = await turn.toText();
    // That nothing has changed is no news, unless something had.
    if (diff === "" && !this.#toldOf.delete(stage)) return;
    if (diff !== "") this.#toldOf.add(stage);
    const { threadId, turnId } = stage;
    stage.tell("turn/diff/updated", { threadId, turnId, diff });
  }

  /** One patch after the other: the next is verified against what this one did. */
  #apply(
    text: string,
    cwd: string,
    call: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const work = () => this.#applyOne(text, cwd, call, context);
    const applied = this.#last.then(work, work);
    this.#last = applied.catch(() => {});
    return applied;
  }

  async #applyOne(
    text: string,
    cwd: string,
    { callId }: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const { signal, stage } = context;
    signal.throwIfAborted();
    const startedAt = performance.now();
    let plan: PatchPlan;
    try {
      plan = await this.#plan(text, cwd, context);
    } catch (error) {
      if (error instanceof PatchError) return failure(error.answer);
      if (error instanceof InvalidPermission) return failure(error.message);
      throw error;
    }
    const item: FileChangeItem = {
      type: "fileChange",
      id: callId,
      changes: plan.changes,
      status: "inProgress",
    };
    const { approvals } = this.#options;
    const leave = await approvals.obtain({ plan, text, cwd, item }, context);
    if (!leave.isGranted) {
      const { isShown, status, reason, endsTurn } = leave;
      if (isShown) stage.completed({ ...item, status });
      return failure(reason, endsTurn);
    }
    if (!leave.isShown) stage.started(item);
    const outcome = await applyPlan(plan, { files: this.#files, signal });
    const status = outcome.isSuccess ? "completed" : "failed";
    stage.completed({ ...item, status });
    await this.#note(outcome, context);
    signal.throwIfAborted();
    const seconds = (performance.now() - startedAt) / 1000;
    const wall = seconds < 0.05 ? "0" : seconds.toFixed(1);
    return {
      output:
        `Exit code: ${
          outcome.isSuccess ? 0 : 1
        }\nWall time: ${wall} seconds\nOutput:\n` +
        outcome.stdout + outcome.stderr,
      isSuccess: outcome.isSuccess,
    };
  }

  async #plan(
    text: string,
    cwd: string,
    { settings, stage, signal }: ToolContext,
  ): Promise<PatchPlan> {
    const { sandbox, grants } = this.#options;
    const limits = toLimits(settings, grants.of(stage));
    const isWritable = isConfined(settings)
      ? await sandbox.findWritable(toWish(limits))
      : () => true;
    return await planPatch(parsePatch(text), {
      cwd,
      files: this.#files,
      isWritable,
      signal,
    });
  }

  async #note({ applied }: PatchOutcome, { stage, settings }: ToolContext) {
    if (applied.length === 0) return;
    let diff = this.#diffs.get(stage);
    if (diff === undefined) {
      diff = new TurnDiff({ cwd: settings.cwd });
      this.#diffs.set(stage, diff);
    }
    diff.record(applied);
    await this.tellDiff(stage);
  }
}
