/** Which lines differ. */
export interface ChangedLines {
  /** By index, 1 for lines that went away. */
  readonly old: Uint8Array;
  /** By index, 1 for lines that are new. */
  readonly new: Uint8Array;
}

/** Steps that a comparison may take before it settles for a coarser answer. */
const MAX_STEPS = 20_000_000;

/** A box of the edit graph: lines from..to of either side. */
interface Box {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/**
 * Compares two lists of lines: the shortest edit script by Myers' algorithm in
 * linear space ("An O(ND) Difference Algorithm and Its Variations", 1986), new lines
 * then moved down as far as the same lines allow, as people expect it.
 * Texts that differ nearly everywhere get a longer script in bounded time.
 */
export function findChangedLines(
  oldLines: readonly string[],
  newLines: readonly string[],
): ChangedLines {
  const ids = new Map<string, number>();
  const toIds = (lines: readonly string[]) =>
    Int32Array.from(lines, (line) => {
      let id = ids.get(line);
      if (id === undefined) ids.set(line, id = ids.size);
      return id;
    });
  return new Comparison(toIds(oldLines), toIds(newLines)).run();
}

class Comparison {
  readonly #old: Int32Array;
  readonly #new: Int32Array;
  readonly #gone: Uint8Array;
  readonly #fresh: Uint8Array;
  /** Furthest reach on each diagonal, from the top left and bottom right. */
  readonly #down: Int32Array;
  readonly #up: Int32Array;
  /** Index of diagonal 0. */
  readonly #zero: number;
  #steps = 0;

  constructor(oldIds: Int32Array, newIds: Int32Array) {
    this.#old = oldIds;
    this.#new = newIds;
    this.#gone = new Uint8Array(oldIds.length);
    this.#fresh = new Uint8Array(newIds.length);
    this.#zero = oldIds.length + newIds.length + 2;
    this.#down = new Int32Array(2 * this.#zero + 1);
    this.#up = new Int32Array(2 * this.#zero + 1);
  }

  run(): ChangedLines {
    const boxes: Box[] = [{
      oldFrom: 0,
      oldTo: this.#old.length,
      newFrom: 0,
      newTo: this.#new.length,
    }];
    for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
      boxes.push(...this.#divide(this.#trim(box)));
    }
    slide(this.#new, this.#fresh);
    return { old: this.#gone, new: this.#fresh };
  }

  /** The box without what is the same at its ends. */
  #trim({ oldFrom, oldTo, newFrom, newTo }: Box): Box {
    while (
      oldFrom < oldTo && newFrom < newTo &&
      this.#old[oldFrom] === this.#new[newFrom]
    ) {
      oldFrom++;
      newFrom++;
    }
    while (
      oldFrom < oldTo && newFrom < newTo &&
      this.#old[oldTo - 1] === this.#new[newTo - 1]
    ) {
      oldTo--;
      newTo--;
    }
    return { oldFrom, oldTo, newFrom, newTo };
  }

  /** Settles a box, or gives the two boxes that are left of it. */
  #divide(box: Box): Box[] {
    const { oldFrom, oldTo, newFrom, newTo } = box;
    const isSettled = oldFrom === oldTo || newFrom === newTo;
    const middle = isSettled ? undefined : this.#findMiddle(box);
    if (middle === undefined) {
      this.#gone.fill(1, oldFrom, oldTo);
      this.#fresh.fill(1, newFrom, newTo);
      return [];
    }
    const [x, y] = middle;
    return [
      { oldFrom, oldTo: x, newFrom, newTo: y },
      { oldFrom: x, oldTo, newFrom: y, newTo },
    ];
  }

  /** A point on a shortest path through a box, about half way. */
  #findMiddle(box: Box): [x: number, y: number] | undefined {
    const { oldFrom, oldTo, newFrom, newTo } = box;
    const width = oldTo - oldFrom;
    const height = newTo - newFrom;
    const delta = width - height;
    const isOdd = (delta & 1) !== 0;
    const down = this.#down;
    const up = this.#up;
    const zero = this.#zero;
    down[zero + 1] = 0;
    up[zero + 1] = 0;
    const most = ((width + height + 1) >> 1) + 1;
    for (let d = 0; d < most; d++) {
      this.#steps += d;
      if (this.#steps > MAX_STEPS) return undefined;
      for (let k = d; k >= -d; k -= 2) {
        let x = reach(down, zero, k, d);
        const y0 = x - k;
        const x0 = x;
        x += this.#countSameDown(box, x, y0);
        down[zero + k] = x;
        if (
          isOdd && Math.abs(k - delta) <= d - 1 &&
          x + up[zero + delta - k]! >= width
        ) return [oldFrom + x0, newFrom + y0];
      }
      for (let k = d; k >= -d; k -= 2) {
        let x = reach(up, zero, k, d);
        x += this.#countSameUp(box, x, x - k);
        up[zero + k] = x;
        if (
          !isOdd && Math.abs(k - delta) <= d &&
          x + down[zero + delta - k]! >= width
        ) return [oldTo - x, newTo - (x - k)];
      }
    }
    return undefined;
  }

  #countSameDown(box: Box, x: number, y: number): number {
    let i = box.oldFrom + x;
    let j = box.newFrom + y;
    const start = i;
    while (
      i < box.oldTo && j < box.newTo && this.#old[i] === this.#new[j]
    ) {
      i++;
      j++;
    }
    this.#steps += i - start;
    return i - start;
  }

  #countSameUp(box: Box, x: number, y: number): number {
    let i = box.oldTo - x;
    let j = box.newTo - y;
    const start = i;
    while (
      i > box.oldFrom && j > box.newFrom &&
      this.#old[i - 1] === this.#new[j - 1]
    ) {
      i--;
      j--;
    }
    this.#steps += start - i;
    return start - i;
  }
}

/** How far diagonal `k` is reached with `d` differences, before sameness. */
function reach(
  furthest: Int32Array,
  zero: number,
  k: number,
  d: number,
): number {
  const above = furthest[zero + k + 1]!;
  const below = furthest[zero + k - 1]!;
  return k === -d || k !== d && below < above ? above : below + 1;
}

/**
 * Moves each run of changed lines up as far as the lines allow, which joins it
 * with runs above, and then down again as far as they allow.
 */
function slide(lines: Int32Array, isChanged: Uint8Array): void {
  let at = 0;
  while (at < lines.length) {
    if (isChanged[at] === 0) {
      at++;
      continue;
    }
    let start = at;
    let end = at;
    while (end < lines.length && isChanged[end] === 1) end++;
    while (start > 0 && lines[start - 1] === lines[end - 1]) {
      isChanged[--start] = 1;
      isChanged[--end] = 0;
      while (start > 0 && isChanged[start - 1] === 1) start--;
    }
    while (end < lines.length && lines[start] === lines[end]) {
      isChanged[start++] = 0;
      isChanged[end++] = 1;
      while (end < lines.length && isChanged[end] === 1) end++;
    }
    at = end;
  }
}
