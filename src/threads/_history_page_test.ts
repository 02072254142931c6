import assert from "node:assert/strict";
import fc from "fast-check";
import { toHistoryPage, toPageSize } from "./_history_page.ts";

/** Growing numbers of records, some left out. */
const histories = fc.uniqueArray(fc.nat(200), { maxLength: 40 })
  .map((numbers) => numbers.toSorted((a, b) => a - b));

Deno.test("toHistoryPage(): each entry exactly once, also those that come meanwhile", () => {
  fc.assert(fc.property(
    histories,
    fc.array(fc.nat(3), { maxLength: 60 }),
    fc.integer({ min: 1, max: 7 }),
    (start, growth, size) => {
      const ordinals = [...start];
      const seen: number[] = [];
      let place = undefined;
      for (let round = 0;; round++) {
        const page = toHistoryPage(ordinals, place, "asc", size);
        seen.push(...ordinals.slice(page.from, page.to));
        if (page.next === null) break;
        place = page.next;
        for (let more = growth[round] ?? 0; more > 0; more--) {
          ordinals.push((ordinals.at(-1) ?? 0) + 1 + more);
        }
      }
      assert.deepEqual(seen, ordinals);
    },
  ));
});

Deno.test("toHistoryPage(): going down, nothing that comes meanwhile is in the way", () => {
  fc.assert(fc.property(
    histories,
    fc.integer({ min: 1, max: 7 }),
    (start, size) => {
      const ordinals = [...start];
      const seen: number[] = [];
      let place = undefined;
      do {
        const page = toHistoryPage(ordinals, place, "desc", size);
        seen.push(...ordinals.slice(page.from, page.to).toReversed());
        place = page.next ?? undefined;
        ordinals.push((ordinals.at(-1) ?? 0) + 1);
      } while (place !== undefined);
      assert.deepEqual(seen, start.toReversed());
    },
  ));
});

Deno.test("toHistoryPage(): the way back begins with the first entry of the page", () => {
  fc.assert(fc.property(
    histories.filter(({ length }) => length > 0),
    fc.nat(),
    fc.integer({ min: 1, max: 7 }),
    fc.constantFrom("asc" as const, "desc" as const),
    (ordinals, pick, size, direction) => {
      const place = {
        ordinal: ordinals[pick % ordinals.length]!,
        isInclusive: true,
      };
      const page = toHistoryPage(ordinals, place, direction, size);
      const first = direction === "asc" ? page.from : page.to - 1;
      assert.equal(ordinals[first], place.ordinal);
      assert.deepEqual(page.backwards, place);
      const other = direction === "asc" ? "desc" : "asc";
      const back = toHistoryPage(ordinals, page.backwards!, other, size);
      const backFirst = other === "asc" ? back.from : back.to - 1;
      assert.equal(backFirst, first);
    },
  ));
});

Deno.test("toHistoryPage(): an empty history has one empty page", () => {
  for (const direction of ["asc", "desc"] as const) {
    assert.deepEqual(toHistoryPage([], undefined, direction, 5), {
      from: 0,
      to: 0,
      next: null,
      backwards: null,
    });
  }
});

Deno.test("toPageSize(): 25 unless the client says, from 1 to 100", () => {
  assert.deepEqual(
    [undefined, null, 0, 1, 7, 100, 101, 4_294_967_295].map(toPageSize),
    [25, 25, 1, 1, 7, 100, 100, 100],
  );
});
