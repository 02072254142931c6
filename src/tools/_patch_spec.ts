import type { ToolSpec } from "../model/mod.ts";

/** The format, so that a model can't write anything else. */
const grammar = `start: patch
patch: begin operation+ end
begin: "*** Begin Patch" LF
end: "*** End Patch" LF?

operation: add | remove | change
add: "*** Add File: " PATH LF new_line+
remove: "*** Delete File: " PATH LF
change: "*** Update File: " PATH LF move? hunk*
move: "*** Move to: " PATH LF

hunk: anchor* line+ last?
anchor: "@@" LF | "@@ " TEXT LF
new_line: "+" TEXT? LF
line: ("+" | "-" | " ") TEXT? LF
last: "*** End of File" LF

PATH: /[^\\n]+/
TEXT: /[^\\n]+/

%import common.LF
`;

/** How models are told of `apply_patch`. */
export const applyPatchSpec: ToolSpec = {
  type: "custom",
  name: "apply_patch",
  description: "Changes files by a patch. The input is the patch itself, as " +
    "plain text: neither JSON nor a code block.",
  format: { type: "grammar", syntax: "lark", definition: grammar },
};
