import assert from "node:assert/strict";
import { ended } from "./_answers_test.ts";
import {
  account,
  type Endpoint,
  issueTokens,
  openDesk,
  toManaged,
} from "./_desk_test.ts";

Deno.test("account/login/start chatgptDeviceCode: waits until the code is typed in", async () => {
  let polls = 0;
  await using desk = await openDesk({
    config: account,
    endpoints: {
      "/api/accounts/deviceauth/usercode": () =>
        Response.json({
          device_auth_id: "dev-1",
          user_code: "AB-12",
          interval: "0.01",
        }),
      "/api/accounts/deviceauth/token": () =>
        ++polls < 3 ? new Response(null, { status: 403 }) : Response.json({
          authorization_code: "code-2",
          code_verifier: "verifier",
        }),
      "/oauth/token": issueTokens(),
    },
  });
  const { loginId, ...rest } = await desk.accounts.logins.withCode();
  assert.deepEqual(rest, {
    type: "chatgptDeviceCode",
    verificationUrl: "https://issuer.example/codex/device",
    userCode: "AB-12",
  });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, null),
  );
  assert.equal(polls, 3);
  assert.equal(JSON.parse(await desk.saved()).OPENAI_API_KEY, null);
});

Deno.test("account/login/start chatgptDeviceCode: is given up, and the file stays as it was", async () => {
  await using desk = await openDesk({
    config: account,
    auth: toManaged(),
    endpoints: {
      "/api/accounts/deviceauth/usercode": () =>
        Response.json({ device_auth_id: "dev-1", user_code: "AB-12" }),
      "/api/accounts/deviceauth/token": () =>
        new Response(null, { status: 404 }),
    },
  });
  const { loginId } = await desk.accounts.logins.withCode();
  assert.deepEqual(desk.accounts.logins.cancel(loginId), {
    status: "canceled",
  });
  assert.deepEqual(
    await desk.next("account/login/completed"),
    ended(loginId, "Login was not completed"),
  );
  assert.deepEqual(JSON.parse(await desk.saved()), toManaged());
});

Deno.test("account/login/start chatgptDeviceCode: says why there is no code, and why it led nowhere", async () => {
  const usercode = (answer: () => Response) => ({
    "/api/accounts/deviceauth/usercode": answer,
  });
  const refusals: [() => Response, number, string][] = [
    [
      () => new Response(null, { status: 404 }),
      -32600,
      "device code login is not enabled for this Codex server. Use the browser login or verify the server URL.",
    ],
    [
      () => new Response(null, { status: 500 }),
      -32603,
      "failed to request device code: device code request failed with status 500 Internal Server Error",
    ],
  ];
  for (const [answer, code, message] of refusals) {
    await using desk = await openDesk({
      config: account,
      endpoints: usercode(answer),
    });
    await assert.rejects(desk.accounts.logins.withCode(), { code, message });
  }
  const code = () => Response.json({ device_auth_id: "d", user_code: "AB-12" });
  const typed = () =>
    Response.json({ authorization_code: "c", code_verifier: "v" });
  const ends: [() => Response, Endpoint, string][] = [
    [
      () => new Response(null, { status: 400 }),
      issueTokens(),
      "device auth failed with status 400 Bad Request",
    ],
    [
      typed,
      () => Response.json({ error_description: "bad" }, { status: 400 }),
      "device code exchange failed: token endpoint returned status 400 Bad Request: bad",
    ],
    [typed, issueTokens(), "Login is restricted to workspace id(s) acc-9."],
  ];
  for (const [poll, exchange, reason] of ends) {
    await using desk = await openDesk({
      config: { ...account, forced_chatgpt_workspace_id: "acc-9" },
      endpoints: {
        ...usercode(code),
        "/api/accounts/deviceauth/token": poll,
        "/oauth/token": exchange,
      },
    });
    const { loginId } = await desk.accounts.logins.withCode();
    assert.deepEqual(
      await desk.next("account/login/completed"),
      ended(loginId, reason),
    );
  }
});
