/**
 * Clients read of a move at the end of its diff; rollouts have it beside the
 * diff only.
 */
export function withMove(diff: string, target: string | null): string {
  return target === null ? diff : `${diff}${toNote(target)}`;
}

/** The diff without what {@linkcode withMove} adds. */
export function withoutMove(diff: string, target: string | null): string {
  return target !== null && diff.endsWith(toNote(target))
    ? diff.slice(0, -toNote(target).length)
    : diff;
}

function toNote(target: string): string {
  return `\n\nMoved to: ${target}`;
}
