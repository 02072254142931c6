import assert from "node:assert/strict";
import { Client, RpcError } from "../../../src/client/mod.ts";
import type {
  CommandExecParams,
  SandboxPolicy,
} from "../../../src/protocol/mod.ts";
import { dial } from "../../../src/transport/mod.ts";
import type { Mark } from "../../kit/marked_processes.ts";

/** What a job finds around it. */
export interface Surroundings {
  /** A connection that no other job uses meanwhile. */
  readonly client: Client;
  /** Where the server listens, for connections of its own. */
  readonly url: string;
  /** Its name, on this connection used by no other. */
  readonly id: string;
  /** What commands are known by. */
  readonly mark: Mark;
  /** Policy of the jobs that run in a sandbox. */
  readonly sandbox: SandboxPolicy;
}

/** One way in which a command lives and ends. */
export interface Job {
  readonly name: string;
  /** How many of {@linkcode jobOf twenty} are of this kind. */
  readonly share: number;
  /** Whether the command runs in a terminal. */
  readonly isTerminal?: true;
  /**
   * Runs one to its end.
   *
   * @throws {Error} if anything is not as it has to be.
   */
  run(around: Surroundings): Promise<void>;
}

const PLAIN: SandboxPolicy = { type: "dangerFullAccess" };
const KILLED = 128 + 9;
const STREAMED_BYTES = 300_000;
const STAYING = "echo ready; sleep 1000 & sleep 1000";

/** Every kind of job. */
export const JOBS: readonly Job[] = [
  {
    name: "buffered",
    share: 4,
    async run(around) {
      const script = "printf out; printf error >&2; exit 3";
      assert.deepEqual(await exec(around, script), {
        exitCode: 3,
        stdout: "out",
        stderr: "error",
      });
    },
  },
  {
    name: "streamed",
    share: 3,
    async run(around) {
      const command = start(around, `head -c ${STREAMED_BYTES} /dev/zero`);
      assert.equal(await command.exitCode(), 0);
      assert.equal(command.bytes, STREAMED_BYTES);
    },
  },
  {
    name: "stdin",
    share: 2,
    async run(around) {
      const command = start(around, "cat", { streamStdin: true });
      const text = "é".repeat(50_000);
      await command.write(text);
      await command.write();
      assert.equal(await command.exitCode(), 0);
      assert.equal(command.text, text);
    },
  },
  {
    name: "sandboxed",
    share: 2,
    async run(around) {
      const { sandbox } = around;
      const result = await exec(around, "echo in", { sandboxPolicy: sandbox });
      assert.deepEqual(result, { exitCode: 0, stdout: "in\n", stderr: "" });
    },
  },
  {
    name: "no such program",
    share: 1,
    async run(around) {
      const command = ["/no/such/program"];
      const error = await exec(around, "", { command })
        .then(() => assert.fail("Started"), (error) => error);
      assert.ok(error instanceof RpcError, String(error));
    },
  },
  {
    name: "dies of a signal",
    share: 1,
    async run(around) {
      const { exitCode } = await exec(around, "kill -SEGV $$");
      assert.equal(exitCode, 128 + 11);
    },
  },
  {
    name: "leaves a child behind",
    share: 1,
    async run(around) {
      const script = "sleep 1000 > /dev/null 2>&1 & echo left";
      assert.deepEqual(await exec(around, script), {
        exitCode: 0,
        stdout: "left\n",
        stderr: "",
      });
    },
  },
  {
    name: "timeout",
    share: 1,
    async run(around) {
      const { exitCode } = await exec(around, STAYING, { timeoutMs: 30 });
      assert.equal(exitCode, 124);
    },
  },
  {
    name: "terminate",
    share: 1,
    async run(around) {
      const command = start(around, STAYING);
      await command.shows("ready");
      await command.terminate();
      assert.equal(await command.exitCode(), KILLED);
    },
  },
  {
    name: "process/kill",
    share: 1,
    run: runProcess,
  },
  {
    name: "disconnect",
    share: 1,
    async run(around) {
      const channel = await dial(around.url);
      await using client = await Client.connect({ channel });
      const command = start({ ...around, client }, STAYING);
      await command.shows("ready");
      channel.terminate();
    },
  },
  {
    name: "terminal",
    share: 1,
    isTerminal: true,
    async run(around) {
      const command = start(around, 'stty size; read word; echo "got $word"', {
        tty: true,
        size: { rows: 31, cols: 77 },
      });
      await command.shows("31 77\r\n");
      await command.write("a word\n");
      assert.equal(await command.exitCode(), 0);
      assert.equal(command.text, "31 77\r\na word\r\ngot a word\r\n");
    },
  },
  {
    name: "terminal, terminate",
    share: 1,
    isTerminal: true,
    async run(around) {
      // With job control, each job is a process group of its own.
      const command = start(around, `set -m; ${STAYING}`, { tty: true });
      await command.shows("ready");
      await command.terminate();
      assert.equal(await command.exitCode(), KILLED);
    },
  },
];

const TWENTY = JOBS.flatMap((job) => Array<Job>(job.share).fill(job));

/** The job at a place of the mix, which repeats after twenty. */
export function jobOf(index: number): Job {
  return TWENTY[index % TWENTY.length]!;
}

function exec(
  { client, mark }: Surroundings,
  script: string,
  more: Partial<CommandExecParams> = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return client.request("command/exec", {
    command: ["sh", "-c", script],
    env: mark.env,
    sandboxPolicy: PLAIN,
    ...more,
  });
}

/** A command that is watched while it runs. */
interface Streamed {
  /** What it wrote so far, as text. */
  readonly text: string;
  /** How much that is. */
  readonly bytes: number;
  /** Waits until it wrote something. */
  shows(text: string): Promise<void>;
  /** Writes to it; without a text, closes its input. */
  write(text?: string): Promise<void>;
  terminate(): Promise<void>;
  /** Waits for its end. */
  exitCode(): Promise<number>;
}

function start(
  around: Surroundings,
  script: string,
  more: Partial<CommandExecParams> = {},
): Streamed {
  const { client, id: processId } = around;
  const ended = new AbortController();
  const output = client.notifications("command/exec/outputDelta", {
    signal: ended.signal,
  });
  const answer = exec(around, script, {
    processId,
    streamStdoutStderr: true,
    ...more,
  });
  answer.catch(() => {}).finally(() => ended.abort());
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const next = async (): Promise<boolean> => {
    const delta = await output.next().catch(() => undefined);
    if (delta === undefined || delta.done) return false;
    assert.equal(delta.value.params.processId, processId);
    const chunk = Uint8Array.fromBase64(delta.value.params.deltaBase64);
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    return true;
  };
  return {
    get text() {
      return text;
    },
    get bytes() {
      return bytes;
    },
    async shows(part) {
      while (!text.includes(part)) {
        if (!await next()) assert.fail(`Ended after ${JSON.stringify(text)}`);
      }
    },
    async write(text) {
      const content = text === undefined
        ? { closeStdin: true }
        : { deltaBase64: new TextEncoder().encode(text).toBase64() };
      await client.request("command/exec/write", { processId, ...content });
    },
    async terminate() {
      await client.request("command/exec/terminate", { processId });
    },
    async exitCode() {
      while (await next());
      return (await answer).exitCode;
    },
  };
}

async function runProcess({ client, id, mark }: Surroundings): Promise<void> {
  const processHandle = id;
  using events = client.notifications(
    ["process/outputDelta", "process/exited"],
  );
  await client.request("process/spawn", {
    processHandle,
    command: ["sh", "-c", STAYING],
    cwd: "/",
    env: mark.env,
    streamStdoutStderr: true,
  });
  for await (const event of events) {
    assert.equal(event.params.processHandle, processHandle);
    if (event.method === "process/outputDelta") {
      await client.request("process/kill", { processHandle });
    } else {
      assert.equal(event.params.exitCode, KILLED);
      return;
    }
  }
}
