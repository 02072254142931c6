import {
  applyPlan,
  findHeredocPatch,
  parsePatch,
  type Patch,
  PatchError,
  type PatchOutcome,
  type PatchPlan,
  planPatch,
  TurnDiff,
} from "../patch/mod.ts";
import { type FileChangeItem, resolvePath } from "../protocol/mod.ts";
import { type Grant, InvalidPermission } from "../sandbox/mod.ts";
import { readArguments } from "./_arguments.ts";
import type { CommandRequest } from "./_command_request.ts";
import { type Grants, isConfined, join } from "./_grants.ts";
import type { PatchApprovals } from "./patch_approvals.ts";
import { failure } from "./command_runner.ts";
import type { Site } from "./site.ts";
import type { Sites } from "./sites.ts";
import type { Stage } from "./stage.ts";
import type { ToolCall, ToolContext, ToolOutput } from "./tool.ts";

/** What patches are applied with. */
export interface PatcherOptions {
  readonly sites: Sites;
  readonly approvals: PatchApprovals;
  readonly grants: Grants;
}

/** A patch to be applied. */
interface PatchOrder {
  readonly text: string;
  /** Where; what the patch itself says, or the first of the thread's if absent. */
  readonly site?: Site;
  /** Where its relative paths start there. Default: where the thread works. */
  readonly from?: string;
}

/** Applies the patches of a thread. Keeps the diff of every turn. */
export class Patcher {
  readonly #options: PatcherOptions;
  /** What turns have done, by the id of the environment. */
  readonly #diffs = new WeakMap<Stage, Map<string, TurnDiff>>();
  /** Turns of which clients were told last that they changed something. */
  readonly #toldOf = new WeakSet<Stage>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param options What they are applied with. */
  constructor(options: PatcherOptions) {
    this.#options = options;
  }

  /** Applies one that a model calls the tool with. */
  async call(call: ToolCall, context: ToolContext): Promise<ToolOutput> {
    const text = call.kind === "custom"
      ? call.input
      : readArguments(call.input).text("input");
    return await this.#apply({ text }, call, context);
  }

  /**
   * Applies the patch that a command is; nothing if it is anything else.
   *
   * @throws {unknown} the signal's reason.
   */
  async applyCommand(
    { argv, cwd, site }: CommandRequest,
    call: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput | undefined> {
    try {
      const found = findHeredocPatch(argv);
      if (found === undefined) return undefined;
      const { text, directory } = found;
      const from = resolvePath(cwd, directory ?? "");
      const done = await this.#apply({ text, site, from }, call, context);
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
    const texts = Array.from(turn.values(), (one) => one.toText());
    const diff = (await Promise.all(texts)).join("");
    // That nothing has changed is no news, unless something had.
    if (diff === "" && !this.#toldOf.delete(stage)) return;
    if (diff !== "") this.#toldOf.add(stage);
    const { threadId, turnId } = stage;
    stage.tell("turn/diff/updated", { threadId, turnId, diff });
  }

  /** One patch after the other: the next is verified against what this one did. */
  #apply(
    order: PatchOrder,
    call: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const work = () => this.#applyOne(order, call, context);
    const applied = this.#last.then(work, work);
    this.#last = applied.catch(() => {});
    return applied;
  }

  async #applyOne(
    order: PatchOrder,
    { callId }: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const { approvals, grants, sites } = this.#options;
    const { settings, signal, stage } = context;
    signal.throwIfAborted();
    const startedAt = performance.now();
    const { text } = order;
    let plan: PatchPlan;
    let site: Site;
    let cwd: string;
    try {
      const patch = parsePatch(text);
      site = order.site ?? sites.find(context, patch.environmentId);
      cwd = order.from ?? site.cwd;
      plan = await this.#plan(patch, { site, cwd }, context);
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
    const environmentId = site.id;
    const leave = await approvals.obtain(
      { plan, text, cwd, environmentId, item },
      context,
    );
    if (!leave.isGranted) {
      const { isShown, status, reason, endsTurn } = leave;
      if (isShown) stage.completed({ ...item, status });
      return failure(reason, endsTurn);
    }
    if (!leave.isShown) stage.started(item);
    const grant = join(grants.of(stage, site), toGrant(plan));
    const files = await site.files({ settings, grant });
    const outcome = await applyPlan(plan, { files, signal });
    const status = outcome.isSuccess ? "completed" : "failed";
    stage.completed({ ...item, status });
    await this.#note(outcome, site, context);
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
    patch: Patch,
    { site, cwd }: { readonly site: Site; readonly cwd: string },
    { settings, stage, signal }: ToolContext,
  ): Promise<PatchPlan> {
    const limits = { settings, grant: this.#options.grants.of(stage, site) };
    const isWritable = isConfined(settings)
      ? await site.findWritable(limits)
      : () => true;
    return await planPatch(patch, {
      cwd,
      files: await site.files(limits),
      isWritable,
      signal,
    });
  }

  async #note({ applied }: PatchOutcome, site: Site, { stage }: ToolContext) {
    if (applied.length === 0) return;
    let turn = this.#diffs.get(stage);
    if (turn === undefined) this.#diffs.set(stage, turn = new Map());
    let diff = turn.get(site.id);
    if (diff === undefined) {
      const { cwd } = site;
      diff = new TurnDiff({ cwd, findRoot: site.findWorkTree?.bind(site) });
      turn.set(site.id, diff);
    }
    diff.record(applied);
    await this.tellDiff(stage);
  }
}

/** What somebody has agreed to who agreed to a patch. */
function toGrant({ places }: PatchPlan): Grant {
  const outside = places.filter(({ isWritable }) => !isWritable);
  const writes = outside.flatMap(({ places }) =>
    places.map((place) => place.slice(0, place.lastIndexOf("/")) || "/")
  );
  return { writes: [...new Set(writes)], reads: [], network: false };
}
