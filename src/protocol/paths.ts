/**
 * The absolute path that a path means in a directory: what is relative starts
 * there, and `.`, `..` and doubled slashes are resolved by name only. Every
 * start comes by here, and a first import of `node:path` takes 12 ms.
 */
export function resolvePath(directory: string, path: string): string {
  const names: string[] = [];
  const whole = path.startsWith("/") ? path : `${directory}/${path}`;
  for (const name of whole.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** What tells a placeholder from other directories. */
export interface PlaceholderMarks {
  /** Whether it is one. */
  readonly isDirectory: boolean;
  /** Its permissions, if they are known. */
  readonly mode: number | null;
  /** When it was changed, if that is known. */
  readonly mtime: Date | null;
}

/** The modification time of placeholders, in seconds. */
export const PLACEHOLDER_MTIME = 1;

/**
 * Whether a directory only keeps its name from being used. A sandbox puts one
 * where commands must not make any, such as `.git`, for as long as they run: it
 * is no repository and no project, whoever happens to look meanwhile.
 */
export function isPlaceholder(
  { isDirectory, mode, mtime }: PlaceholderMarks,
): boolean {
  return isDirectory && ((mode ?? 0o200) & 0o222) === 0 &&
    mtime?.getTime() === PLACEHOLDER_MTIME * 1000;
}
