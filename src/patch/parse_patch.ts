import type { FileOperation, Hunk, HunkLine, Patch } from "./patch.ts";
import { PatchError } from "./patch_error.ts";

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";
const ENVIRONMENT = "*** Environment ID:";
const ADD = "*** Add File: ";
const DELETE = "*** Delete File: ";
const UPDATE = "*** Update File: ";
const MOVE = "*** Move to: ";
const END_OF_FILE = "*** End of File";
const headers = [ADD, DELETE, UPDATE];

/**
 * Reads a patch in the `apply_patch` format. Whitespace around it and around
 * its markers does not count; everything else has to be as the format says.
 *
 * @throws {PatchError} naming the line (from 1) and what was expected there.
 *
 * @example Read a patch
 * ```ts
 * import { parsePatch } from "./mod.ts";
 *
 * const { operations } = parsePatch(
 *   "*** Begin Patch\n*** Add File: a.txt\n+hello\n*** End Patch",
 * );
 * if (operations[0]?.path !== "a.txt") throw new Error("Expected a.txt");
 * ```
 */
export function parsePatch(text: string): Patch {
  const lines = toBody(text);
  const reader = new PatchReader(lines);
  return reader.read();
}

/** The lines of a patch, from its first marker to its last. */
function toBody(text: string): string[] {
  const outer = toLines(text.trim());
  const lines = withoutHeredoc(outer) ?? outer;
  if (lines[0]?.trim() !== BEGIN) {
    throw new PatchError(
      `invalid patch: The first line of the patch must be '${BEGIN}'`,
    );
  }
  const end = lines.findIndex((line) => line.trimEnd() === END);
  const body = end === -1 ? lines : lines.slice(0, end + 1);
  const rest = lines.slice(body.length);
  const isEnded = body.at(-1)?.trim() === END &&
    rest.every((line) => line.trim() === END);
  if (isEnded) return body;
  throw new PatchError(
    `invalid patch: The last line of the patch must be '${END}'`,
  );
}

/** Some models leave the shell's quoting around a patch that needs none. */
function withoutHeredoc(lines: readonly string[]): string[] | undefined {
  const isQuoted = lines.length >= 4 && heredocStarts.has(lines[0] ?? "") &&
    lines.at(-1)?.endsWith("EOF");
  return isQuoted ? toLines(lines.slice(1, -1).join("\n").trim()) : undefined;
}

const heredocStarts = new Set(["<<EOF", "<<'EOF'", '<<"EOF"']);

function toLines(text: string): string[] {
  return text.split("\n").map((line) =>
    line.endsWith("\r") ? line.slice(0, -1) : line
  );
}

/** Walks the lines of one patch. */
class PatchReader {
  readonly #lines: readonly string[];
  /** Index of the marker behind the last operation. */
  readonly #end: number;
  /** Index of the next line. */
  #at = 1;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#end = lines.length - 1;
  }

  read(): Patch {
    const environmentId = this.#readEnvironment();
    const operations: FileOperation[] = [];
    while (this.#at < this.#end) operations.push(this.#readOperation());
    return { environmentId, operations };
  }

  get #line(): string {
    return this.#lines[this.#at] ?? "";
  }

  get #isOver(): boolean {
    return this.#at >= this.#end;
  }

  get #isHeader(): boolean {
    return headers.some((header) => this.#line.startsWith(header));
  }

  #isLoneEnd(hunks: readonly Hunk[]): boolean {
    return hunks.length === 0 && this.#line.trimEnd() === END_OF_FILE;
  }

  #readEnvironment(): string | undefined {
    if (!this.#line.trim().startsWith(ENVIRONMENT)) return undefined;
    const id = this.#line.trim().slice(ENVIRONMENT.length).trim();
    if (id === "") {
      throw new PatchError(
        "invalid patch: apply_patch environment_id cannot be empty",
      );
    }
    this.#at++;
    if (this.#line.trim().startsWith(ENVIRONMENT)) {
      throw new PatchError(
        "invalid patch: apply_patch environment_id cannot be specified more " +
          "than once",
      );
    }
    return id;
  }

  #readOperation(): FileOperation {
    const start = this.#at;
    const header = this.#line.trim();
    this.#at++;
    if (header.startsWith(ADD)) {
      return {
        kind: "add",
        path: header.slice(ADD.length),
        content: this.#readContent(),
      };
    }
    if (header.startsWith(DELETE)) {
      return { kind: "delete", path: header.slice(DELETE.length) };
    }
    if (header.startsWith(UPDATE)) {
      return this.#readUpdate(header.slice(UPDATE.length), start);
    }
    throw toHunkError(
      start,
      `'${header}' is not a valid hunk header. Valid hunk headers: ` +
        `'${ADD}{path}', '${DELETE}{path}', '${UPDATE}{path}'`,
    );
  }

  #readContent(): string {
    let content = "";
    for (; !this.#isOver && this.#line.startsWith("+"); this.#at++) {
      content += `${this.#line.slice(1)}\n`;
    }
    return content;
  }

  #readUpdate(path: string, start: number): FileOperation {
    let movePath: string | undefined;
    if (!this.#isOver && this.#line.startsWith(MOVE)) {
      movePath = this.#line.slice(MOVE.length).trimEnd();
      this.#at++;
    }
    const hunks: Hunk[] = [];
    while (!this.#isOver) {
      if (this.#line.trim() === "") this.#at++;
      else if (this.#isHeader || this.#isLoneEnd(hunks)) break;
      else hunks.push(this.#readHunk(hunks.length === 0));
    }
    if (hunks.length === 0) {
      throw toHunkError(start, `Update file hunk for path '${path}' is empty`);
    }
    return { kind: "update", path, movePath, hunks };
  }

  #readHunk(isFirst: boolean): Hunk {
    const anchor = this.#readAnchor(isFirst);
    const start = this.#at;
    const lines: HunkLine[] = [];
    let isAtEnd = false;
    for (; !this.#isOver; this.#at++) {
      const line = toHunkLine(this.#line);
      if (line !== undefined) {
        lines.push(line);
        continue;
      }
      if (lines.length > 0 && this.#line.trimEnd() === END_OF_FILE) {
        isAtEnd = true;
        this.#at++;
      }
      break;
    }
    if (lines.length > 0) return { anchor, lines, isAtEnd };
    if (
      this.#isOver || this.#isHeader || this.#line.trimEnd() === END_OF_FILE
    ) {
      throw toHunkError(start, "Update hunk does not contain any lines");
    }
    throw toHunkError(
      start,
      `Unexpected line found in update hunk: '${this.#line}'. Every line ` +
        "should start with ' ' (context line), '+' (added line), or '-' " +
        "(removed line)",
    );
  }

  #readAnchor(isFirst: boolean): string | undefined {
    const line = this.#line;
    const isBare = line.trimEnd() === "@@";
    if (isBare || line.startsWith("@@ ")) {
      this.#at++;
      return isBare ? undefined : line.slice(3);
    }
    if (isFirst) return undefined;
    throw toHunkError(
      this.#at,
      "Expected update hunk to start with a @@ context marker, got: " +
        `'${line}'`,
    );
  }
}

/** An empty line is an empty line of the file: many models forget the blank. */
function toHunkLine(line: string): HunkLine | undefined {
  const sign = line[0];
  if (sign === undefined) return { sign: " ", text: "" };
  if (sign !== " " && sign !== "+" && sign !== "-") return undefined;
  return { sign, text: line.slice(1) };
}

/** @param index Of the line, from 0. */
function toHunkError(index: number, reason: string): PatchError {
  return new PatchError(`invalid hunk at line ${index + 1}, ${reason}`);
}
