/**
 * A whole turn without account or network: a scripted model looks around, asks
 * before it leaves the sandbox, changes a file, and says what it did. A second
 * client watches the same thread, and is the one that answers.
 *
 * Run it with `deno run -A docs/examples/turn.ts`.
 *
 * @module
 */
import { createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";

const say = (text: string) =>
  Deno.stdout.writeSync(new TextEncoder().encode(`${text.trimEnd()}\n`));

const script = [
  { output: [{ call: "exec_command", arguments: { cmd: "cat greeting" } }] },
  {
    output: [{
      call: "exec_command",
      arguments: {
        cmd: "touch seen",
        sandbox_permissions: "require_escalated",
        justification: "May I leave a mark?",
      },
    }],
  },
  {
    output: [{
      call: "exec_command",
      arguments: {
        cmd:
          "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: greeting\n" +
          "@@\n-Hello\n+Hello aboard\n*** End Patch\nEOF",
      },
    }],
  },
  {
    output: [{
      say: "Greeting and mark are in place.",
      deltas: ["Greeting and mark ", "are in place."],
    }],
  },
];

const home = await Deno.makeTempDir({ prefix: "gangway-example-" });
const work = await Deno.makeTempDir({ prefix: "gangway-example-" });
try {
  await Deno.writeTextFile(`${home}/script.json`, JSON.stringify(script));
  await Deno.writeTextFile(
    `${home}/config.toml`,
    `model = "scripted"
model_provider = "offline"
[model_providers.offline]
name = "Offline"
base_url = "script://${home}/script.json"
`,
  );
  await Deno.writeTextFile(`${work}/greeting`, "Hello\n");
  await using server = await createAppServer({ home });
  await using editor = await Client.connect({ channel: server.connect() });
  await using phone = await Client.connect({ channel: server.connect() });

  const { thread } = await editor.request("thread/start", {
    cwd: work,
    sandbox: "read-only",
    approvalPolicy: "on-request",
  });
  await phone.request("thread/resume", { threadId: thread.id });
  phone.handle("item/commandExecution/requestApproval", ({ reason }) => {
    say(`2. [phone] ${reason} Yes.`);
    return { decision: "accept" };
  });
  phone.handle("item/fileChange/requestApproval", () => {
    say("3. [phone] A change of a file? Yes.");
    return { decision: "accept" };
  });

  using told = editor.notifications();
  await editor.request("turn/start", {
    threadId: thread.id,
    input: [{ type: "text", text: "Do your work", text_elements: [] }],
  });
  for await (const { method, params } of told) {
    if (method === "item/completed") {
      const { item } = params;
      if (item.type === "userMessage") say("1. [editor] Do your work");
      if (item.type === "commandExecution") {
        say(`   ran ${item.command}: ${item.status}, ${item.exitCode}`);
      }
      if (item.type === "fileChange") {
        say(`   changed ${item.changes.length} file: ${item.status}`);
      }
      if (item.type === "agentMessage") say(`4. [agent] ${item.text}`);
    }
    if (method === "turn/completed") {
      say(`5. The turn is ${params.turn.status}`);
      break;
    }
  }
  say(`6. The greeting is "${await Deno.readTextFile(`${work}/greeting`)}"`
    .replace("\n", ""));
  const { data } = await editor.request("thread/list", {});
  say(`7. Stored as "${data[0]?.preview}", in ${data.length} thread`);
} finally {
  await Deno.remove(home, { recursive: true });
  await Deno.remove(work, { recursive: true });
}
