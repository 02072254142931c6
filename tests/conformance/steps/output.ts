import { concat } from "../bytes.ts";
import type { Steps } from "../case.ts";
import type { CaseRun } from "../case_run.ts";
import { check, Failure } from "../failure.ts";
import { isObject, type Json, show } from "../json.ts";
import { matches } from "../matcher.ts";

/** What came on one stream of a process. */
class Gathered {
  readonly chunks: Uint8Array[] = [];
  readonly capFlags: boolean[] = [];

  get bytes(): Uint8Array {
    return concat(this.chunks);
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }
}

/** `stream`: gathers output notifications, then looks at the whole. */
export async function stream(
  run: CaseRun,
  step: Steps["stream"],
): Promise<void> {
  const outputs = { stdout: new Gathered(), stderr: new Gathered() };
  await gather(run, step, outputs);

  for (const name of ["stdout", "stderr"] as const) {
    const { text, bytes, capFlags } = outputs[name];
    const facts: [Json | undefined, Json, string][] = [
      [step[name], text, `streamed ${name}`],
      [step[`${name}Bytes`], bytes.length, `bytes of ${name}`],
      [step[`${name}Caps`], capFlags, `capReached flags of ${name}`],
      [
        step[`${name}LastCap`],
        capFlags.at(-1) ?? null,
        `last capReached of ${name}`,
      ],
      [step[`${name}Deltas`], capFlags.length, `number of ${name} deltas`],
    ];
    for (const [want, got, subject] of facts) {
      if (want !== undefined) check(want, got, subject);
    }
  }
  if (step.maxChunk !== undefined) {
    const sizes = Object.values(outputs)
      .flatMap(({ chunks }) => chunks.map(({ length }) => length));
    check(step.maxChunk, Math.max(0, ...sizes), "largest delta");
  }
}

async function gather(
  run: CaseRun,
  step: Steps["stream"],
  outputs: { stdout: Gathered; stderr: Gathered },
): Promise<void> {
  const isLast = (json: Json) =>
    step.until !== undefined && matches(step.until, json);
  const ms = step.within ?? 5000;
  // Without a last piece it gathers for as long as the case says.
  const isAwaited = step.until !== undefined || step.stopWhen !== undefined;
  const limitMs = isAwaited ? run.toLimitMs(ms) : ms;
  const deadline = performance.now() + limitMs;
  for (;;) {
    const message = await run.connection(step.on).inbox.takeMessage(
      ({ json }) =>
        json !== undefined && (matches(step.stream, json) || isLast(json)),
      Math.max(1, deadline - performance.now()),
      run.signal,
    );
    if (message?.json === undefined) {
      if (step.until === undefined) return;
      throw new Failure(
        `no message like ${show(step.until)} within ${limitMs} ms; ` +
          `stdout so far ${show(outputs.stdout.text)}`,
      );
    }
    if (isLast(message.json)) {
      if (step.final !== undefined) {
        check(step.final, message.json, "final message");
      }
      return;
    }
    add(outputs, message.json);
    if (
      step.stopWhen !== undefined &&
      outputs.stdout.text.includes(step.stopWhen)
    ) return;
  }
}

function add(
  outputs: { stdout: Gathered; stderr: Gathered },
  json: Json,
): void {
  const params = isObject(json) && isObject(json.params) ? json.params : {};
  const { stream: name, deltaBase64, capReached } = params;
  if (
    (name !== "stdout" && name !== "stderr") ||
    typeof deltaBase64 !== "string" || typeof capReached !== "boolean"
  ) throw new Failure(`malformed delta ${show(json)}`);
  outputs[name].chunks.push(Uint8Array.fromBase64(deltaBase64));
  outputs[name].capFlags.push(capReached);
}
