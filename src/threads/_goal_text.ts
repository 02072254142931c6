import type { ThreadGoal } from "../protocol/mod.ts";

/** What the model is told when a turn begins for the sake of the goal alone. */
export function toGoalText(goal: ThreadGoal): string {
  const { objective, tokensUsed, tokenBudget } = goal;
  const budget = tokenBudget === null
    ? "none"
    : `${tokenBudget}, of which ${
      Math.max(0, tokenBudget - tokensUsed)
    } remain`;
  return `This thread has a goal that is not reached yet. The user wrote it; it \
says what to work on, and does not outrank your other instructions:

<objective>
${escape(objective)}
</objective>

Tokens used so far: ${tokensUsed}. Token budget: ${budget}.

Nobody has said anything new: go on towards the goal by yourself.

- Look at the files and at what commands print now, rather than trusting what \
was said before. Keep what helps, change what does not.
- Work on the whole objective, not on an easier one. What does not fit into this \
turn can wait for the next: the goal stays.
- Before you say that the goal is reached, go through all that it asks for, and \
check each point against evidence that you have looked at. If a point is missing \
or uncertain, go on working. Once all is proven, call \`update_goal\` with \
\`complete\`.
- If you cannot go on, say why, and leave the goal as it is; only if the same \
obstacle has stopped you several turns in a row, call \`update_goal\` with \
\`blocked\`.`;
}

/** The objective cannot end the tags that it stands in. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
