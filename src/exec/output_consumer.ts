import type { OutputStream } from "../protocol/mod.ts";

/** Takes what a program writes, at its own pace. */
export interface OutputConsumer {
  /**
   * Takes the next bytes of an output. They are only valid during the call.
   * The program is not read from again before the promise has resolved.
   *
   * @param capReached Whether nothing more of this output will come.
   */
  take(
    stream: OutputStream,
    bytes: Uint8Array<ArrayBuffer>,
    capReached: boolean,
  ): Promise<void> | undefined;
  /** Lets go whoever waits in `take`, and takes nothing more. */
  leave(): void;
}
