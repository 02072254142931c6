/** How a rollout is made up. */
export interface RolloutShape {
  /** Its size (10^6 bytes). */
  readonly megabytes: number;
  /** Whether the conversation was compacted after nine tenths of it. */
  readonly isCompacted: boolean;
}

/** Bytes of the output of each command. */
const OUTPUT_BYTES = 8_000;
/** Commands in each turn. */
const COMMANDS = 5;
/** Small rollouts of each day. */
const PER_DAY = 100;
const STARTED = Date.parse("2026-03-01T10:00:00.000Z");

/** Writes the rollout of a thread into a home. */
export async function writeRollout(
  home: string,
  threadId: string,
  { megabytes, isCompacted }: RolloutShape,
): Promise<void> {
  const path = await toPath(home, threadId, STARTED);
  using file = await Deno.open(path, { write: true, createNew: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  const records = new Records(threadId);
  let bytes = 0;
  let isDone = !isCompacted;
  const flush = async () => {
    const piece = encoder.encode(records.take());
    bytes += piece.length;
    await writer.write(piece);
  };
  records.begin(home, STARTED);
  for (let turn = 0; bytes < megabytes * 1e6; turn++) {
    if (!isDone && bytes > megabytes * 0.9e6) {
      isDone = true;
      records.compact();
    }
    records.turn(turn, "x".repeat(OUTPUT_BYTES));
    await flush();
  }
}

/** Writes many rollouts of one small turn each, over some years. */
export async function writeManyRollouts(
  home: string,
  count: number,
): Promise<void> {
  for (let first = 0; first < count; first += PER_DAY) {
    const dayMs = STARTED - first / PER_DAY * 86_400_000;
    const numbers = Array.from(
      { length: Math.min(PER_DAY, count - first) },
      (_, at) => first + at,
    );
    await Promise.all(numbers.map(async (number) => {
      const startedMs = dayMs + (number - first) * 1000;
      const threadId = toThreadId(startedMs, number);
      const records = new Records(threadId, startedMs);
      records.begin(home, startedMs);
      records.turn(0, "done");
      const path = await toPath(home, threadId, startedMs);
      await Deno.writeTextFile(path, records.take());
    }));
  }
}

function toThreadId(startedMs: number, number: number): string {
  const time = startedMs.toString(16).padStart(12, "0");
  const tail = number.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
}

async function toPath(
  home: string,
  threadId: string,
  startedMs: number,
): Promise<string> {
  const time = new Date(startedMs).toISOString().slice(0, 19);
  const folder = `${home}/sessions/${time.slice(0, 10).replaceAll("-", "/")}`;
  await Deno.mkdir(folder, { recursive: true });
  return `${folder}/rollout-${time.replaceAll(":", "-")}-${threadId}.jsonl`;
}

/** The lines of a rollout, in the format of version 0.169. */
class Records {
  readonly #threadId: string;
  #lines: string[] = [];
  #ordinal = 0;
  #nowMs: number;

  constructor(threadId: string, nowMs = STARTED) {
    this.#threadId = threadId;
    this.#nowMs = nowMs;
  }

  take(): string {
    return this.#lines.splice(0).map((line) => `${line}\n`).join("");
  }

  begin(cwd: string, startedMs: number): void {
    this.#add("session_meta", {
      session_id: this.#threadId,
      id: this.#threadId,
      timestamp: new Date(startedMs).toISOString(),
      cwd,
      runtime_workspace_roots: [cwd],
      originator: "bench",
      cli_version: "0.169.0",
      source: "vscode",
      model_provider: "bench",
      base_instructions: { text: "Be of help. ".repeat(800) },
      history_mode: "paginated",
    });
  }

  turn(number: number, output: string): void {
    const turnId = toThreadId(STARTED, number);
    const startedAt = Math.floor(this.#nowMs / 1000);
    const names = { turn_id: turnId, root_turn_id: turnId };
    this.#event("task_started", {
      ...names,
      started_at: startedAt,
      model_context_window: 258_400,
      collaboration_mode_kind: "default",
    });
    this.#add("turn_context", {
      ...names,
      cwd: "/",
      approval_policy: "never",
      sandbox_policy: { type: "danger-full-access" },
      model: "bench-model",
      summary: "none",
    });
    const asked = `Question ${number}: what is in the next files?`;
    this.#item({
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: asked }],
    });
    this.#completed(turnId, {
      type: "UserMessage",
      id: `user-${number}`,
      content: [{ type: "text", text: asked, text_elements: [] }],
    });
    for (let at = 0; output.length > 100 && at < COMMANDS; at++) {
      this.#command(turnId, `call_${number}_${at}`, output);
    }
    const id = `msg_${number}`;
    const said = `Answer ${number}: ${"words and more words, ".repeat(20)}`;
    this.#completed(turnId, {
      type: "AgentMessage",
      id,
      content: [{ type: "Text", text: said }],
    });
    this.#item({
      type: "message",
      id,
      role: "assistant",
      content: [{ type: "output_text", text: said }],
    });
    this.#usage();
    this.#event("task_complete", {
      ...names,
      last_agent_message: said,
      started_at: startedAt,
      completed_at: startedAt + 2,
      duration_ms: 2_000,
    });
  }

  compact(): void {
    const text = "What happened so far: many questions, many answers.";
    this.#add("compacted", {
      message: text,
      replacement_history: [{
        type: "message",
        role: "user",
        content: [{ type: "input_text", text }],
      }],
    });
  }

  #command(turnId: string, callId: string, output: string): void {
    const cmd = `cat ${callId}.txt`;
    this.#item({
      type: "function_call",
      id: `fc_${callId}`,
      name: "exec_command",
      arguments: JSON.stringify({ cmd }),
      call_id: callId,
    });
    this.#completed(turnId, {
      type: "CommandExecution",
      id: callId,
      process_id: "1",
      command: ["/bin/bash", "-lc", cmd],
      cwd: "file:///",
      parsed_cmd: [{ type: "read", cmd, name: "a.txt", path: "a.txt" }],
      source: "unified_exec_startup",
      status: "completed",
      aggregated_output: output,
      exit_code: 0,
      duration: { secs: 0, nanos: 1_000_000 },
    });
    this.#item({
      type: "function_call_output",
      call_id: callId,
      output: `Process exited with code 0\nOutput:\n${output}`,
    });
  }

  #usage(): void {
    const counts = {
      input_tokens: 100,
      cached_input_tokens: 0,
      cache_write_input_tokens: 0,
      output_tokens: 20,
      reasoning_output_tokens: 0,
      total_tokens: 120,
    };
    this.#event("token_count", {
      info: {
        total_token_usage: counts,
        last_token_usage: counts,
        model_context_window: 258_400,
      },
      rate_limits: null,
    });
  }

  #item(payload: object): void {
    this.#add("response_item", payload);
  }

  #completed(turnId: string, item: object): void {
    this.#event("item_completed", {
      thread_id: this.#threadId,
      turn_id: turnId,
      item,
      started_at_ms: this.#nowMs,
      completed_at_ms: this.#nowMs,
    });
  }

  #event(type: string, fields: object): void {
    this.#add("event_msg", { type, ...fields });
  }

  #add(type: string, payload: object): void {
    this.#nowMs += 10;
    this.#lines.push(JSON.stringify({
      timestamp: new Date(this.#nowMs).toISOString(),
      ordinal: this.#ordinal++,
      type,
      payload,
    }));
  }
}
