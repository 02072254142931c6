import assert from "node:assert/strict";
import { levels, LogFilter } from "./log_filter.ts";

function allowed(directives: string, target: string): string[] {
  const filter = LogFilter.parse(directives);
  return levels.filter((level) => filter.allows(target, level));
}

Deno.test("LogFilter.parse() without directives allows errors only", () => {
  assert.deepEqual(allowed("", "gangway"), ["error"]);
  assert.deepEqual(allowed(" , ", "gangway::rpc"), ["error"]);
});

Deno.test("LogFilter.parse() takes a bare level for every target", () => {
  assert.deepEqual(allowed("info", "gangway"), ["error", "warn", "info"]);
  assert.deepEqual(allowed("TRACE", "gangway"), [...levels]);
  assert.deepEqual(allowed("off", "gangway"), []);
});

Deno.test("LogFilter.parse() lets the longest target decide", () => {
  const directives = "warn,gangway::rpc=debug,gangway::rpc::outbox=off";
  assert.deepEqual(allowed(directives, "gangway"), ["error", "warn"]);
  assert.deepEqual(allowed(directives, "gangway::rpc"), levels.slice(0, 4));
  assert.deepEqual(
    allowed(directives, "gangway::rpc::queue"),
    levels.slice(0, 4),
  );
  assert.deepEqual(allowed(directives, "gangway::rpc::outbox"), []);
  assert.deepEqual(allowed(directives, "gangway::rpcish"), ["error", "warn"]);
});

Deno.test("LogFilter.parse() with targets alone silences the others", () => {
  assert.deepEqual(allowed("gangway::files=info", "gangway::rpc"), []);
  assert.deepEqual(allowed("gangway::files", "gangway::files"), [...levels]);
});

Deno.test("LogFilter.parse() keeps what it understands and names the rest", () => {
  const filter = LogFilter.parse("warn,gangway=loud,a=b=c,[span]=info, =info");
  assert.deepEqual(filter.invalid, [
    "gangway=loud",
    "a=b=c",
    "[span]=info",
    "=info",
  ]);
  assert.equal(filter.allows("gangway", "warn"), true);
  assert.equal(filter.allows("gangway", "info"), false);
});
