import type { FileOperation, Hunk, Patch } from "./patch.ts";

/** Writes a patch down, so that reading it gives the same one. */
export function printPatch(patch: Patch): string {
  const lines = ["*** Begin Patch"];
  if (patch.environmentId !== undefined) {
    lines.push(`*** Environment ID: ${patch.environmentId}`);
  }
  for (const operation of patch.operations) lines.push(...toLines(operation));
  lines.push("*** End Patch");
  return lines.join("\n");
}

function toLines(operation: FileOperation): string[] {
  switch (operation.kind) {
    case "add":
      return [
        `*** Add File: ${operation.path}`,
        ...operation.content.split("\n").slice(0, -1).map((line) => `+${line}`),
      ];
    case "delete":
      return [`*** Delete File: ${operation.path}`];
    case "update": {
      const { path, movePath, hunks } = operation;
      const moves = movePath === undefined ? [] : [`*** Move to: ${movePath}`];
      return [
        `*** Update File: ${path}`,
        ...moves,
        ...hunks.flatMap(toHunkLines),
      ];
    }
  }
}

function toHunkLines({ anchor, lines, isAtEnd }: Hunk): string[] {
  return [
    anchor === undefined ? "@@" : `@@ ${anchor}`,
    ...lines.map(({ sign, text }) => sign + text),
    ...isAtEnd ? ["*** End of File"] : [],
  ];
}
