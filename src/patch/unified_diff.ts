import { findChangedLines } from "./_changed_lines.ts";
import { toWholeLines } from "./_lines.ts";

/** Lines of the two texts, from..to, that are all the same or all different. */
interface Stretch {
  readonly isSame: boolean;
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/**
 * The differences of two texts as a unified diff, without the headers that name
 * files. Nothing for texts that are the same.
 *
 * @param options.context How many lines around a change are shown.
 */
export function toUnifiedDiff(
  before: string,
  after: string,
  { context }: { context: number },
): string {
  if (before === after) return "";
  const oldLines = toWholeLines(before);
  const newLines = toWholeLines(after);
  const changed = findChangedLines(oldLines, newLines);
  const stretches = toStretches(changed.old, changed.new);
  const pieces: string[] = [];
  for (const group of toGroups(stretches, context)) {
    const first = group[0]!;
    const last = group.at(-1)!;
    const old = toRange(first.oldFrom, last.oldTo);
    const fresh = toRange(first.newFrom, last.newTo);
    pieces.push(`@@ -${old} +${fresh} @@\n`);
    for (const { isSame, oldFrom, oldTo, newFrom, newTo } of group) {
      show(pieces, isSame ? " " : "-", oldLines, oldFrom, oldTo);
      if (!isSame) show(pieces, "+", newLines, newFrom, newTo);
    }
  }
  return pieces.join("");
}

function toStretches(old: Uint8Array, fresh: Uint8Array): Stretch[] {
  const stretches: Stretch[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    const oldFrom = i;
    const newFrom = j;
    while (old[i] === 1) i++;
    while (fresh[j] === 1) j++;
    const isSame = i === oldFrom && j === newFrom;
    while (isSame && i < old.length && old[i] === 0 && fresh[j] === 0) {
      i++;
      j++;
    }
    stretches.push({ isSame, oldFrom, oldTo: i, newFrom, newTo: j });
  }
  return stretches;
}

/** Changes with their context; those that are near each other share it. */
function toGroups(stretches: readonly Stretch[], context: number): Stretch[][] {
  const groups: Stretch[][] = [];
  let group: Stretch[] = [];
  for (const [at, stretch] of stretches.entries()) {
    if (!stretch.isSame) {
      group.push(stretch);
      continue;
    }
    const length = stretch.oldTo - stretch.oldFrom;
    const isFirst = at === 0;
    const isLast = at === stretches.length - 1;
    if (!isFirst && !isLast && length <= 2 * context) {
      group.push(stretch);
      continue;
    }
    const shown = Math.min(length, context);
    if (!isFirst) group.push(head(stretch, shown));
    if (group.length > 0) groups.push(group);
    group = isLast ? [] : [tail(stretch, shown)];
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function head(stretch: Stretch, length: number): Stretch {
  const { oldFrom, newFrom } = stretch;
  return { ...stretch, oldTo: oldFrom + length, newTo: newFrom + length };
}

function tail(stretch: Stretch, length: number): Stretch {
  const { oldTo, newTo } = stretch;
  return { ...stretch, oldFrom: oldTo - length, newFrom: newTo - length };
}

function toRange(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return `${from + 1}`;
  return `${length === 0 ? from : from + 1},${length}`;
}

function show(
  pieces: string[],
  sign: string,
  lines: readonly string[],
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    const line = lines[at]!;
    pieces.push(sign, line);
    if (!line.endsWith("\n") && !line.endsWith("\r")) {
      pieces.push("\n\\ No newline at end of file\n");
    }
  }
}
