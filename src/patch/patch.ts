/** What a line of a hunk does: it stays, goes away or is new. */
export type LineSign = " " | "-" | "+";

/** A line of a hunk, without its line end. */
export interface HunkLine {
  /** What it does. */
  readonly sign: LineSign;
  /** The line. */
  readonly text: string;
}

/** A place in a file and what changes there. */
export interface Hunk {
  /** A line somewhere above the place, which the search starts behind. */
  readonly anchor: string | undefined;
  /** The lines, in order. */
  readonly lines: readonly HunkLine[];
  /** Whether the last of them that was there is the last of the file. */
  readonly isAtEnd: boolean;
}

/** A file is new; one that is there already is replaced. */
export interface AddFile {
  /** Tag of this kind. */
  readonly kind: "add";
  /** The file, as the patch names it. */
  readonly path: string;
  /** Its content. */
  readonly content: string;
}

/** A file goes away. */
export interface DeleteFile {
  /** Tag of this kind. */
  readonly kind: "delete";
  /** The file, as the patch names it. */
  readonly path: string;
}

/** A file changes, and may move. */
export interface UpdateFile {
  /** Tag of this kind. */
  readonly kind: "update";
  /** The file, as the patch names it. */
  readonly path: string;
  /** Where it moves to, as the patch names it. */
  readonly movePath: string | undefined;
  /** What changes, from the top of the file to its end. */
  readonly hunks: readonly Hunk[];
}

/** What a patch does to one file. */
export type FileOperation = AddFile | DeleteFile | UpdateFile;

/** A patch, as it was read. */
export interface Patch {
  /** Machine that it is meant for, if it says. */
  readonly environmentId: string | undefined;
  /** What it does, in its order. */
  readonly operations: readonly FileOperation[];
}
