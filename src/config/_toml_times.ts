/** What is wrong with a date, a time or both; undefined if nothing is. */
export function findTimeFlaw(text: string): string | undefined {
  const reader = new TimeReader(text);
  try {
    if (/^\d+-/.test(text)) {
      reader.takeDate();
      if (reader.isDone) return undefined;
      reader.takeBridge();
      reader.takeTime();
      reader.takeOffset();
    } else reader.takeTime();
    return reader.isDone ? undefined : "invalid datetime";
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** A part of a date or a time: how it is told of, and how it is written. */
interface Field {
  readonly name: string;
  readonly width: string;
  readonly shape: string;
}

const year = { name: "year", width: "four", shape: "YYYY" };
const month = { name: "month", width: "two", shape: "MM" };
const day = { name: "day", width: "two", shape: "DD" };
const hour = { name: "hour", width: "two", shape: "HH" };
const minute = { name: "minute", width: "two", shape: "MM" };
const second = { name: "second", width: "two", shape: "SS" };

/** Takes one part after the other; throws RangeErrors whose words are told. */
class TimeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    return this.#at === this.#text.length;
  }

  takeDate(): void {
    const what = "date";
    const digits = [
      this.#digits(what, year),
      this.#mark(what, "-", "MM-DD"),
      this.#digits(what, month),
      this.#mark(what, "-", "MM-DD"),
      this.#digits(what, day),
    ];
    const [y, m, d] = measure(what, digits, [year, month, day]);
    refuseOutside(what, "month", m!, 1, 12);
    // Of the month after, the day before the first.
    const days = new Date(Date.UTC(2000 + y! % 400, m!, 0)).getUTCDate();
    refuseOutside(what, "day", d!, 1, days);
  }

  takeBridge(): void {
    if (/[Tt ]/.test(this.#next)) this.#at++;
    else fail("date-time", "`T` between date and time");
  }

  takeTime(): void {
    const what = "time";
    const fields: Field[] = [hour, minute];
    const digits = [
      this.#digits(what, hour),
      this.#mark(what, ":", "HH:MM"),
      this.#digits(what, minute),
    ];
    if (this.#next === ":") {
      this.#at++;
      fields.push(second);
      digits.push(this.#digits(what, second));
      if (this.#text.charAt(this.#at) === ".") {
        this.#at++;
        this.#digits(what, { ...second, name: "nanosecond" });
      }
    }
    const [h, m, s = 0] = measure(what, digits, fields);
    refuseOutside(what, "hour", h!, 0, 23);
    refuseOutside(what, "minute", m!, 0, 59);
    refuseOutside(what, "second", s, 0, 60);
  }

  takeOffset(): void {
    if (this.isDone) return;
    if (/[Zz]/.test(this.#next)) {
      this.#at++;
      return;
    }
    const what = "offset";
    if (!/[+-]/.test(this.#next)) fail(what, "`Z`, +OFFSET, -OFFSET");
    this.#at++;
    const digits = [
      this.#digits(what, hour),
      this.#mark(what, ":", "HH:MM"),
      this.#digits(what, minute),
    ];
    const [h, m] = measure(what, digits, [hour, minute]);
    refuseOutside(what, "hours", h!, 0, 23);
    refuseOutside(what, "minutes", m!, 0, 59);
  }

  get #next(): string {
    return this.#text.charAt(this.#at);
  }

  #digits(what: string, { name }: Field): string {
    const [digits] = /^\d+/.exec(this.#text.slice(this.#at)) ??
      fail(what, name);
    this.#at += digits.length;
    return digits;
  }

  /** Takes a mark; what it stands between is empty. */
  #mark(what: string, mark: string, shape: string): "" {
    if (this.#next !== mark) fail(what, `\`${mark}\` (${shape})`);
    this.#at++;
    return "";
  }
}

/** The numbers, once each is written as wide as it has to be. */
function measure(
  what: string,
  taken: readonly string[],
  fields: readonly Field[],
): number[] {
  const digits = taken.filter((text) => text !== "");
  for (const [index, { name, width, shape }] of fields.entries()) {
    if (digits[index]!.length === shape.length) continue;
    fail(what, `a ${width}-digit ${name} (${shape})`);
  }
  return digits.map(Number);
}

function refuseOutside(
  what: string,
  name: string,
  value: number,
  least: number,
  most: number,
): void {
  if (value >= least && value <= most) return;
  const [from, to] = [least, most].map((n) => String(n).padStart(2, "0"));
  fail(what, `${name} between ${from} and ${to}`);
}

function fail(what: string, wanted: string): never {
  throw new RangeError(`invalid ${what}, expected ${wanted}`);
}
