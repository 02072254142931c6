import type { OutputStream } from "../protocol/mod.ts";
import type { Delta } from "./_deltas.ts";

/**
 * Encoded at a time; a multiple of three. One string for all of a long piece
 * would fill the young heap so fast that it grows to its limit, and stays.
 */
const GROUP_BYTES = 12 * 1024;

/** What stands around the parameters in their message; plain ASCII both. */
interface Surroundings {
  readonly head: string;
  readonly tail: string;
}

/**
 * Writes pieces of output as the parameters of a notification, the pieces of
 * one stream always into the same memory: fresh memory for each of thousands
 * costs more than the encoding itself.
 */
export class DeltaWriter {
  readonly #before: string;
  readonly #memory: Record<OutputStream, Uint8Array<ArrayBuffer>> = {
    stdout: new Uint8Array(0),
    stderr: new Uint8Array(0),
  };

  /** @param owner The field that names the program. */
  constructor(owner: Readonly<Record<string, string>>) {
    this.#before = `${JSON.stringify(owner).slice(0, -1)},"stream":`;
  }

  /**
   * The message with a piece, in UTF-8; it stays until the next piece of the
   * same stream is written.
   */
  write(
    { head, tail }: Surroundings,
    { stream, bytes, capReached, cursor }: Delta,
  ): Uint8Array<ArrayBuffer> {
    const before = `${head}${this.#before}"${stream}","deltaBase64":"`;
    const count = cursor === undefined ? "" : `,"cursor":${cursor}`;
    const after = `","capReached":${capReached}${count}}${tail}`;
    const base64Length = Math.ceil(bytes.length / 3) * 4;
    // Only the name may hold what takes up to three bytes a character.
    const mostBytes = before.length * 3 + base64Length + after.length;
    if (this.#memory[stream].length < mostBytes) {
      this.#memory[stream] = new Uint8Array(mostBytes);
    }
    const memory = this.#memory[stream];
    let end = 0;
    const add = (text: string) => {
      end += encoder.encodeInto(text, memory.subarray(end)).written;
    };
    add(before);
    for (let at = 0; at < bytes.length; at += GROUP_BYTES) {
      add(bytes.subarray(at, at + GROUP_BYTES).toBase64());
    }
    add(after);
    return memory.subarray(0, end);
  }
}

const encoder = new TextEncoder();
