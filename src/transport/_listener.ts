import type { Mailbox } from "./_mailbox.ts";
import type { Channel, Listener } from "./channel.ts";

/** What a door is made of. */
interface Door {
  /** Where it listens, as a listen URL. */
  readonly address: string;
  /** Peers that were let in. */
  readonly arrivals: Mailbox<Channel>;
  /** Stops taking peers. */
  readonly close: () => Promise<void>;
  /** Closes the door. */
  readonly signal: AbortSignal | undefined;
}

/** A listener over an open door. Peers that nobody fetched go with it. */
export function createListener(
  { address, arrivals, close, signal }: Door,
): Listener {
  let closing: Promise<void> | undefined;
  const closeOnce = (): Promise<void> => closing ??= close();
  signal?.addEventListener("abort", closeOnce, { once: true });
  return {
    address,
    channels: arrivals,
    close: closeOnce,
    [Symbol.asyncDispose]: async () => {
      signal?.removeEventListener("abort", closeOnce);
      await closeOnce();
      for (const channel of arrivals.drain()) channel.terminate();
    },
  };
}
