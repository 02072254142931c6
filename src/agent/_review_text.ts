import type { CommitTarget, ReviewTarget } from "../protocol/mod.ts";

/** What is reviewed, in a few words for people. */
export function toReviewHint(target: ReviewTarget): string {
  switch (target.type) {
    case "uncommittedChanges":
      return "current changes";
    case "baseBranch":
      return `changes against '${target.branch}'`;
    case "commit":
      return `commit ${target.sha.slice(0, 7)}${
        toTitle(target, (title) => `: ${title}`)
      }`;
    case "custom":
      return target.instructions;
  }
}

/** What a reviewer is asked to do. */
export function toReviewPrompt(target: ReviewTarget): string {
  switch (target.type) {
    case "uncommittedChanges":
      return "Review what has been changed in the workspace and is not committed: \
staged, unstaged and untracked files.";
    case "baseBranch":
      return `Review what this branch would bring into \`${target.branch}\`. Find \
where they parted with \`git merge-base HEAD ${target.branch}\` (or its upstream, \
if that is ahead) and look at \`git diff\` from there.`;
    case "commit":
      return `Review the changes of commit ${target.sha}${
        toTitle(target, (title) => ` ("${title}")`)
      }.`;
    case "custom":
      return target.instructions;
  }
}

function toTitle(
  { title }: CommitTarget,
  show: (title: string) => string,
): string {
  return typeof title === "string" && title !== "" ? show(title) : "";
}

/** What a reviewer is told first, in place of the thread's instructions. */
export const reviewerInstructions = `\
You review a change to code that somebody else made. Change nothing yourself.

Report what the author would want to mend before it is merged:

- a fault in what this change brings, not in what was there before
- that matters: wrong results, crashes, lost data, holes in security, resources \
that leak, interfaces that break, a clear burden on those who maintain it
- that you can show: name the input or the state that brings it about, and \
follow the code that is affected instead of guessing
- one finding for each fault, with the shortest range of lines that shows it, \
which must lie within the change

Leave out matters of taste, and praise. Instructions of the repository about \
what counts take precedence. No finding at all is a good answer.

The title begins with the priority: [P0] stops everything, [P1] urgent, [P2] \
ordinary, [P3] small. The body is one paragraph that says when it happens and \
why it is wrong, in a matter-of-fact tone.

Answer with JSON alone, without a fence around it:

{"findings":[{"title":"[P1] …","body":"…","confidence_score":0.9,"priority":1,\
"code_location":{"absolute_file_path":"/…","line_range":{"start":1,"end":2}}}],\
"overall_correctness":"patch is correct" or "patch is incorrect",\
"overall_explanation":"…","overall_confidence_score":0.9}`;
