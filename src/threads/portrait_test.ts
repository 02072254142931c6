import assert from "node:assert/strict";
import type {
  GitInfo,
  Thread as ThreadView,
  ThreadItem,
} from "../protocol/mod.ts";
import { Portrait } from "./portrait.ts";

const gitInfo: GitInfo = { sha: "a", branch: "b", originUrl: null };

function paint(
  view: Partial<ThreadView>,
  options: { gitInfo?: GitInfo | null; beginsAnew?: boolean } = {},
): Portrait {
  const noted = {
    preview: "",
    ephemeral: false,
    gitInfo: null,
    status: { type: "idle" },
    ...view,
  } as ThreadView;
  return new Portrait(noted, { gitInfo, beginsAnew: false, ...options });
}

function saying(text: string): ThreadItem {
  return {
    type: "userMessage",
    id: "u",
    clientId: null,
    content: [{ type: "text", text, text_elements: [] }],
  };
}

Deno.test("toChanges: the first message of the user shows it, and where it was begun", () => {
  const portrait = paint({});
  assert.deepEqual(portrait.unsaidGitInfo, gitInfo);
  const answer = { type: "agentMessage", id: "a", text: "no" } as ThreadItem;
  assert.equal(portrait.toChanges(answer), undefined);
  const changes = portrait.toChanges(saying("hi"));
  assert.deepEqual(changes, { preview: "hi", gitInfo });
  portrait.change(changes!);
  assert.equal(portrait.unsaidGitInfo, null);
  assert.equal(portrait.toChanges(saying("more")), undefined);
});

Deno.test("toChanges: one that begins anew is shown by what is said next, once", () => {
  const known = { sha: "c", branch: null, originUrl: null };
  const portrait = paint({ preview: "old", gitInfo: known }, {
    beginsAnew: true,
  });
  assert.deepEqual(portrait.toChanges(saying("new")), {
    preview: "new",
    gitInfo: known,
  });
  assert.equal(portrait.toChanges(saying("newer")), undefined);
  portrait.beginAnew();
  assert.equal(portrait.toChanges(saying("newest"))?.preview, "newest");
});

Deno.test("toChanges: one that is not kept is shown by nothing", () => {
  assert.equal(paint({ ephemeral: true }).toChanges(saying("hi")), undefined);
});

Deno.test("wait: what is asked makes it active, and is noted while a turn runs", () => {
  const flags = ["waitingOnApproval" as const];
  const asked = { type: "active", activeFlags: flags };
  const idle = paint({});
  assert.deepEqual(idle.wait([]), { type: "idle" });
  assert.deepEqual(idle.wait(flags), asked);
  assert.deepEqual(idle.noted.status, { type: "idle" });
  const active = paint({ status: { type: "active", activeFlags: [] } });
  assert.deepEqual(active.wait(flags), asked);
  assert.deepEqual(active.noted.status, asked);
  const failed = paint({ status: { type: "systemError" } });
  assert.deepEqual(failed.wait(flags), { type: "systemError" });
});
