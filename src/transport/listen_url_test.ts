import assert from "node:assert/strict";
import { isLoopback, ListenUrlError, parseListenUrl } from "./listen_url.ts";

Deno.test("parseListenUrl() reads every kind of address", () => {
  const cases: [string, object][] = [
    ["stdio://", { kind: "stdio" }],
    ["off", { kind: "off" }],
    ["unix://", { kind: "unix", path: undefined }],
    ["unix:///run/x.sock", { kind: "unix", path: "/run/x.sock" }],
    ["unix://x.sock", { kind: "unix", path: "x.sock" }],
    ["ws://127.0.0.1:0", { kind: "websocket", hostname: "127.0.0.1", port: 0 }],
    ["ws://0.0.0.0:65535", {
      kind: "websocket",
      hostname: "0.0.0.0",
      port: 65_535,
    }],
    ["ws://[::1]:4500", { kind: "websocket", hostname: "::1", port: 4500 }],
    ["ws://[0:0:0:0:0:0:0:1]:1", {
      kind: "websocket",
      hostname: "::1",
      port: 1,
    }],
  ];
  for (const [value, want] of cases) {
    assert.deepEqual(parseListenUrl(value), want, value);
  }
});

Deno.test("parseListenUrl() refuses anything else, in the known words", () => {
  const unsupported = [
    "",
    "foo",
    "stdio",
    "stdio:/",
    "stdio://x",
    " stdio://",
    "STDIO://",
    "OFF",
    "off://",
    "unix:",
    "unix:/x",
    "wss://127.0.0.1:1",
    "http://127.0.0.1:1",
    "WS://127.0.0.1:1",
  ];
  for (const value of unsupported) {
    assert.throws(() => parseListenUrl(value), (error) => {
      assert.ok(error instanceof ListenUrlError);
      assert.equal(error.value, value);
      assert.equal(
        error.message,
        `unsupported --listen URL \`${value}\`; expected \`stdio://\`, \`unix://\`, \`unix://PATH\`, \`ws://IP:PORT\`, or \`off\``,
      );
      return true;
    });
  }
  const invalid = [
    "ws://",
    "ws://127.0.0.1",
    "ws://localhost:4500",
    "ws://127.0.0.1:99999",
    "ws://127.0.0.1:65536",
    "ws://127.0.0.1:4500/",
    "ws://127.0.0.1:4500/x",
    "ws://127.0.0.1:",
    "ws://127.0.0.1:-1",
    "ws://256.0.0.1:1",
    "ws://1.2.3:1",
    "ws://127.0.0.01:1",
    "ws://::1:1",
    "ws://[::1]",
    "ws://[::g]:1",
    "ws://[1::2::3]:1",
    "ws:// 127.0.0.1:1",
    "ws://127.0.0.1:1 ",
    "ws://[]:1",
  ];
  for (const value of invalid) {
    assert.throws(() => parseListenUrl(value), {
      name: "ListenUrlError",
      message:
        `invalid websocket --listen URL \`${value}\`; expected \`ws://IP:PORT\``,
    });
  }
});

Deno.test("isLoopback() knows 127.0.0.0/8 and ::1 only", () => {
  const loopback = ["127.0.0.1", "127.255.0.3", "::1"];
  const others = ["0.0.0.0", "::", "128.0.0.1", "192.0.2.1", "::ffff:7f00:1"];
  assert.deepEqual(loopback.filter((host) => !isLoopback(host)), []);
  assert.deepEqual(others.filter(isLoopback), []);
});
