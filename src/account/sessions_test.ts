import assert from "node:assert/strict";
import { refusal } from "./_answers_test.ts";
import { openDesk, toManaged } from "./_desk_test.ts";
import { listSessions, switchSession } from "./sessions.ts";

Deno.test("accountSession/*: the one sign-in that is kept, and nothing to switch to", async () => {
  await using none = await openDesk();
  assert.deepEqual(await listSessions(none.accounts, {}), {
    activeSessionId: null,
    sessions: [],
  });
  await assert.rejects(
    switchSession(none.accounts, { sessionId: "s", accountId: "a" }),
    refusal("Workspace switching requires a managed ChatGPT login"),
  );
  await using desk = await openDesk({
    auth: toManaged({ login_owner_id: "owner" }),
  });
  const listed = await listSessions(desk.accounts, {
    refreshWorkspaceMetadata: true,
  });
  assert.deepEqual(listed, {
    activeSessionId: "owner",
    sessions: [{
      sessionId: "owner",
      email: "a@b.example",
      userId: "user-1",
      displayName: null,
      imageUrl: null,
      lastUsedAt: listed.sessions[0]!.lastUsedAt,
      isActive: true,
      selectedWorkspaceAccountId: "acc-1",
      workspaces: [{
        accountId: "acc-0",
        name: null,
        imageUrl: null,
        kind: null,
      }, {
        accountId: "acc-1",
        name: "Work",
        imageUrl: null,
        kind: "workspace",
      }, {
        accountId: "acc-2",
        name: null,
        imageUrl: null,
        kind: null,
      }],
    }],
  });
  await switchSession(desk.accounts, {
    sessionId: "owner",
    accountId: "acc-1",
  });
  await assert.rejects(
    switchSession(desk.accounts, { sessionId: "other", accountId: "acc-1" }),
    refusal("Only the active managed account session can be switched"),
  );
  await assert.rejects(
    switchSession(desk.accounts, { sessionId: "owner", accountId: "acc-2" }),
    refusal(
      "This server keeps one login: sign in again to use another workspace",
    ),
  );
});
