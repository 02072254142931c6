/** Where a line stands. */
export interface Place {
  /** Which file of the history, from the oldest. */
  readonly segment: number;
  /** Its first byte. */
  readonly start: number;
  /** The byte behind its last, without the newline. */
  readonly end: number;
}

const FIELDS = 3;

/** A list of places; a thread of a hundred megabytes has tens of thousands. */
export class Places {
  readonly #numbers: number[] = [];

  /** How many there are. */
  get length(): number {
    return this.#numbers.length / FIELDS;
  }

  /** Adds one to the end. */
  push({ segment, start, end }: Place): void {
    this.#numbers.push(segment, start, end);
  }

  /** The one at an index. */
  at(index: number): Place {
    const [segment, start, end] = this.#numbers.slice(
      index * FIELDS,
      (index + 1) * FIELDS,
    );
    if (segment === undefined || start === undefined || end === undefined) {
      throw new RangeError(`No place ${index} among ${this.length}`);
    }
    return { segment, start, end };
  }

  /** Those from one index up to another. */
  slice(from: number, to: number): Place[] {
    const places: Place[] = [];
    for (let index = from; index < to; index++) places.push(this.at(index));
    return places;
  }

  /** Forgets all from an index on. */
  truncate(length: number): void {
    this.#numbers.length = Math.min(this.#numbers.length, length * FIELDS);
  }
}
