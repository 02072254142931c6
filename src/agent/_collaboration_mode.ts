import type { ModeKind, ThreadSettings } from "../protocol/mod.ts";

const planText = `\
# Plan mode

You and the user make a plan; nothing is carried out. This holds until a \
message of the developer names another mode, whatever the user says or how: a \
request to do something is a request to plan it.

You may read, search and run what changes nothing that is kept: builds and \
tests that write to caches are fine. You may not edit files, apply patches, \
run formatters or migrations, or do anything else that carries the plan out.

1. Look first. What the workspace can answer is not asked.
2. Then ask what only the user can decide: what they want, and what they would \
rather have. Prefer \`request_user_input\` with two to four good choices, the \
one you would take first.
3. Settle how it is done, down to interfaces, data, failures, tests and order, \
until whoever carries it out has nothing left to decide.

When the plan is complete, give it once, as Markdown between two lines of \
their own:

<proposed_plan>
the plan
</proposed_plan>

A changed plan is given again as a whole. Do not ask whether to go on; the \
client does that.`;

const defaultText = `\
# Default mode

Work on what the user asks for; instructions of other modes no longer hold. \
The mode changes only by a message of the developer. Where something is open, \
take the sensible choice, say which, and go on; ask only if a wrong choice \
would be costly, and then in one short question.`;

/**
 * What a mode tells the model where the client gives no words of its own, which
 * is what \`developer_instructions: null\` means.
 */
export function collaborationInstructions(mode: ModeKind): string {
  return mode === "plan" ? planText : defaultText;
}

/**
 * What the model is told about how it works together with the user.
 *
 * @param wasTold Whether it was ever told of a mode: the usual one needs no
 * words before that.
 * @returns Null for nothing.
 */
export function toCollaborationText(
  { collaborationMode: { mode, settings } }: ThreadSettings,
  wasTold: boolean,
): string | null {
  const given = settings.developer_instructions ?? null;
  if (mode === "default" && given === null && !wasTold) return null;
  const text = given ?? collaborationInstructions(mode);
  return text === ""
    ? null
    : `<collaboration_mode>${text}\n</collaboration_mode>`;
}
