import type { PatchPlan } from "../patch/mod.ts";
import type { FileChangeItem, ThreadSettings } from "../protocol/mod.ts";
import {
  type Answer,
  granted,
  type Leave,
  refusal,
  refused,
  settle,
  toAnswer,
} from "./_answer.ts";
import { isConfined } from "./_grants.ts";
import type { Interviewer } from "./interviewer.ts";
import type { ToolContext } from "./tool.ts";

/** A patch that a model wants to apply. */
export interface PatchQuestion {
  readonly plan: PatchPlan;
  /** As the model wrote it. */
  readonly text: string;
  /** Where its paths start. */
  readonly cwd: string;
  /** Where they lie. */
  readonly environmentId: string;
  readonly item: FileChangeItem;
}

/**
 * Decides whether patches need somebody's consent, asks, and remembers what was
 * agreed for the session.
 */
export class PatchApprovals {
  readonly #interviewer: Interviewer;
  /** Paths that were agreed to for the session, with the files they lead to. */
  readonly #paths = new Set<string>();

  /** Remembers nothing yet. */
  constructor(interviewer: Interviewer) {
    this.#interviewer = interviewer;
  }

  /**
   * Whether a patch may be applied.
   *
   * @throws {unknown} the signal's reason.
   */
  async obtain(
    { plan, text, cwd, environmentId, item }: PatchQuestion,
    context: ToolContext,
  ): Promise<Leave> {
    const { settings, stage } = context;
    const { approvalPolicy } = settings;
    const isFree = plan.isWritable || !isConfined(settings);
    if (isFree && approvalPolicy !== "untrusted") return granted(false);
    if (!mayAskToLeave(settings)) {
      return refusal("declined", refused.outside, { isShown: false });
    }
    const paths = plan.places.map(({ path, places }) =>
      JSON.stringify([environmentId, path, places])
    );
    return await this.#interviewer.inTurn(context, async () => {
      if (paths.every((path) => this.#paths.has(path))) return granted(false);
      const startedAtMs = Date.now();
      stage.started({ ...item, startedAtMs });
      const asking = async (): Promise<Answer> =>
        await context.consult?.({
          callId: item.id,
          name: "apply_patch",
          input: { command: text },
        }).then((said) => said === "allow" ? "accept" : said) ??
          await this.#interviewer.review({
            action: {
              type: "applyPatch",
              cwd,
              files: plan.places.map(({ path }) => path),
            },
            reason: null,
            itemId: item.id,
            show: () => {},
          }, context) ?? toAnswer(
            await this.#interviewer.ask(
              "item/fileChange/requestApproval",
              {
                threadId: stage.threadId,
                turnId: stage.turnId,
                itemId: item.id,
                startedAtMs,
                reason: null,
                grantRoot: null,
              },
              context,
            ),
          );
      const answer = await this.#interviewer.completing(item, context, asking);
      if (answer === "acceptForSession") {
        for (const path of paths) this.#paths.add(path);
      }
      return settle(answer, {
        isUnconfined: false,
        declined: refused.patch,
        unreadable: "declined",
      });
    });
  }
}

/** Whether anybody may be asked to let something out of the sandbox. */
function mayAskToLeave({ approvalPolicy }: ThreadSettings): boolean {
  return typeof approvalPolicy === "object"
    ? approvalPolicy.granular.sandbox_approval
    : approvalPolicy !== "never";
}
