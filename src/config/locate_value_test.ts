import assert from "node:assert/strict";
import fc from "fast-check";
import { locateKey, locateValue } from "./locate_value.ts";
import { parseToml, type TomlValue } from "./toml.ts";

function at(place: Awaited<ReturnType<typeof locateValue>>): string {
  return place
    ? `${place.start.line}:${place.start.column}-${place.end.line}:${place.end.column}`
    : "nowhere";
}

for (
  const [text, path, expected] of [
    ["model = 5", ["model"], "1:9-1:9"],
    ["model = true # yes", ["model"], "1:9-1:12"],
    ["model=[\n1,\n2]\n", ["model"], "1:7-3:2"],
    ["notify=[\n1,\n2]\n", ["notify", "0"], "2:1-2:1"],
    ["a = {b.c = [{d = 1}]}", ["a", "b", "c", "0", "d"], "1:18-1:18"],
    ['a={s="é€😀",n=1}', ["a", "n"], "1:14-1:14"],
    ["\ufeffa = 1", ["a"], "1:6-1:6"],
    ["\ufeff[a] # x\nb = 1", ["a"], "1:2-1:4"],
    ["\ufeff[a] # x\nb = 1", ["a", "b"], "2:5-2:5"],
    ["x = 1\r\na = 1\r\n", ["a"], "2:5-2:5"],
    ["[model]\nx=1\n", ["model"], "1:1-1:7"],
    ["[ model . x ]\nx=1\n", ["model"], "1:3-1:7"],
    ["[ model . x ]\nx=1\n", ["model", "x"], "1:1-1:13"],
    ["[[model]]\nx=1\n", ["model"], "1:1-1:9"],
    ["[[a]]\n[[ a ]] # here\nx=1\n", ["a", "1"], "2:1-2:7"],
    ["[[a]]\n[[a]]\nx=1\n", ["a", "1", "x"], "3:3-3:3"],
    ["[[a]]\n[a.b]\nc=1\n", ["a", "0", "b", "c"], "3:3-3:3"],
    ["model.x.y=1\n", ["model"], "1:1-1:5"],
    ["model.x.y=1\n", ["model", "x"], "1:7-1:7"],
    ["[a.b]\nx=1\n[a]\ny=2\n", ["a"], "3:1-3:3"],
    ["[a]\nb=1\n", ["a", "missing"], "1:1-1:3"],
    ['"a.b" = 1\na.b = 2', ["a.b"], "1:9-1:9"],
    ['"a.b" = 1\na.b = 2', ["a", "b"], "2:7-2:7"],
    ["a = 1", ["b"], "nowhere"],
    ["", ["b"], "nowhere"],
  ] as [string, string[], string][]
) {
  Deno.test(`locateValue() of ${path.join("/")} in ${JSON.stringify(text)}`, async () => {
    assert.equal(at(await locateValue(text, path)), expected);
  });
}

Deno.test("locateKey() finds the name, not the value", async () => {
  assert.equal(at(await locateKey("  zz . y = 1", ["zz"])), "1:3-1:4");
  assert.equal(
    at(await locateKey("a=1\n[my . 'stuff']\nb=1", ["my", "stuff"])),
    "2:7-2:13",
  );
  assert.equal(at(await locateKey("[a]\nfoo = 1", ["a", "foo"])), "2:1-2:3");
  assert.equal(at(await locateKey("[a]\nfoo = 1", ["foo"])), "nowhere");
});

/** Writes a document piece by piece and remembers where each value went. */
class Scribe {
  text = "";
  readonly places: { path: string[]; start: number; end: number }[] = [];

  key(name: string): string {
    return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  }

  value(path: string[], value: TomlValue, style: () => number): void {
    const start = this.text.length;
    if (Array.isArray(value)) {
      this.text += ["[", "[ ", "[\n  ", "[ # 😀\n"][style() % 4];
      for (const [index, item] of value.entries()) {
        if (index > 0) this.text += [",", ", ", " ,\n"][style() % 3];
        this.value([...path, String(index)], item, style);
      }
      this.text += [" ]", "]", "\n]"][style() % 3];
    } else if (typeof value === "object") {
      this.text += "{";
      for (const [index, [key, inner]] of Object.entries(value).entries()) {
        if (index > 0) this.text += [",", ", "][style() % 2];
        this.pair([...path, key], key, inner, style);
      }
      this.text += "}";
    } else {
      this.text += typeof value === "string"
        ? JSON.stringify(value)
        : `${value}`;
    }
    this.places.push({ path, start, end: this.text.length });
  }

  pair(
    path: string[],
    key: string,
    value: TomlValue,
    style: () => number,
  ): void {
    this.text += this.key(key) + ["=", " = ", "\t=  "][style() % 3];
    this.value(path, value, style);
  }

  /** Where something stands, counted by hand. */
  expected({ start, end }: { start: number; end: number }): string {
    const point = (offset: number): [number, number] => {
      const before = this.text.slice(0, offset).split("\n");
      return [before.length, [...before.at(-1)!].length];
    };
    const [startLine, startColumn] = point(start);
    const [endLine, endColumn] = point(end);
    return `${startLine}:${startColumn + 1}-${endLine}:${endColumn}`;
  }
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z][\w-]{0,5}$/),
  fc.constantFrom("a.b", "x y", "é😀", '"', "constructor", "__proto__"),
);
const { value } = fc.letrec<{ value: TomlValue; table: TomlValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      fc.bigInt({ min: -999n, max: 999n }),
      fc.boolean(),
      fc.string({
        unit: fc.constantFrom("a", "é", "😀", "\\", '"', "#", "]", "="),
      }),
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("table"),
  ),
  table: fc.dictionary(name, tie("value"), { maxKeys: 3 }) as fc.Arbitrary<
    TomlValue
  >,
}));
const tables = fc.array(fc.dictionary(name, value, { maxKeys: 3 }), {
  minLength: 1,
  maxLength: 3,
});

Deno.test("locateValue() finds every value of any document where it was written", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, value), {
        selector: ([key]) => key,
        maxLength: 4,
      }),
      fc.uniqueArray(fc.tuple(name, tables, fc.boolean()), {
        selector: ([key]) => key,
        maxLength: 3,
      }),
      fc.infiniteStream(fc.nat({ max: 11 })),
      async (pairs, sections, styles) => {
        const style = () => styles.next().value as number;
        const scribe = new Scribe();
        for (const [key, inner] of pairs) {
          scribe.text += ["", "\n", "# 😀 = 1\n", "  "][style() % 4];
          scribe.pair([key], key, inner, style);
          scribe.text += ["\n", " # note\n"][style() % 2];
        }
        const taken = new Set(pairs.map(([key]) => key));
        for (const [key, items, isArray] of sections) {
          if (taken.has(key)) continue;
          for (const [index, item] of items.entries()) {
            if (index > 0 && !isArray) break;
            const path = isArray ? [key, String(index)] : [key];
            const start = scribe.text.length;
            scribe.text += isArray
              ? `[[${scribe.key(key)}]]`
              : `[ ${scribe.key(key)} ]`;
            scribe.places.push({ path, start, end: scribe.text.length });
            scribe.text += "\n";
            for (const [inner, content] of Object.entries(item)) {
              scribe.pair([...path, inner], inner, content as TomlValue, style);
              scribe.text += "\n";
            }
          }
        }
        await parseToml(scribe.text);
        for (const place of scribe.places) {
          assert.equal(
            at(await locateValue(scribe.text, place.path)),
            scribe.expected(place),
            `${JSON.stringify(place.path)} in\n${scribe.text}`,
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});
