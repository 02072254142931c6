import assert from "node:assert/strict";
import { RpcError } from "../protocol/mod.ts";
import { toAddress } from "./exec_server_address.ts";

const toHeaders = (
  execServerUrl: string,
  more: { authBearerToken?: string; websocketRequestId?: string } = {},
) => toAddress({ environmentId: "box", execServerUrl, ...more }).headers;

Deno.test("toAddress: what a client says becomes a URL, headers and a limit", () => {
  assert.deepEqual(
    toAddress({
      environmentId: "box",
      execServerUrl: " wss://h/p ",
      authBearerToken: "t",
      websocketRequestId: "r 1",
      connectTimeoutMs: 5,
    }),
    {
      url: "wss://h/p",
      headers: { authorization: "Bearer t", "x-request-id": "r 1" },
      connectTimeoutMs: 5,
    },
  );
  assert.deepEqual(
    toAddress({
      environmentId: "box",
      execServerUrl: "junk",
      authBearerToken: null,
      websocketRequestId: null,
      connectTimeoutMs: null,
    }),
    { url: "junk", headers: {}, connectTimeoutMs: 10_000 },
  );
});

Deno.test("toAddress: secrets travel to this machine or encrypted, or not at all", () => {
  for (
    const url of [
      "wss://example.org",
      "ws://127.0.0.1:9",
      "ws://127.9.9.9:9",
      "ws://0x7f.1:9",
      "ws://localhost:9",
      "ws://[::1]:9",
    ]
  ) {
    assert.deepEqual(toHeaders(url, { authBearerToken: "" }), {
      authorization: "Bearer ",
    });
  }
  for (
    const url of [
      "ws://example.org:9",
      "http://example.org",
      "ws://127.0.0.1.example.org",
      "ws://localhost.example.org",
      "ws://127.0.0.1@example.org",
      "ws://example.org/127.0.0.1",
      "ws://0.0.0.0:9",
    ]
  ) {
    for (
      const secret of [{ authBearerToken: "t" }, { websocketRequestId: "r" }]
    ) {
      assert.throws(
        () => toHeaders(url, secret),
        RpcError.invalidRequest(
          "exec-server protocol error: exec-server WebSocket headers require " +
            "wss:// or a loopback destination",
        ),
        url,
      );
    }
    assert.deepEqual(toHeaders(url), {});
  }
});

Deno.test("toAddress: what is no address or no header is refused", () => {
  const cases: [() => unknown, string][] = [
    [
      () => toHeaders(" "),
      "remote environment requires an exec-server url",
    ],
    [
      () => toHeaders(" None "),
      "remote environment cannot use disabled exec-server url",
    ],
    [
      () => toHeaders("ws://127.0.0.1", { authBearerToken: "a\nb" }),
      "invalid value for exec-server WebSocket header `authorization`",
    ],
    [
      () => toHeaders("ws://127.0.0.1", { websocketRequestId: "a\rb" }),
      "invalid value for exec-server WebSocket header `x-request-id`",
    ],
    [
      () => toHeaders("junk", { authBearerToken: "t" }),
      "invalid exec-server WebSocket URL: relative URL without a base",
    ],
  ];
  for (const [call, why] of cases) {
    assert.throws(
      call,
      RpcError.invalidRequest(`exec-server protocol error: ${why}`),
    );
  }
});
