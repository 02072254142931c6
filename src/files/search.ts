import type { FromSearch, SearchGround, ToSearch } from "./search_thread.ts";

/** Tells what a query has found so far. */
export type SearchListener = (
  query: string,
  found: Pick<FromSearch, "files" | "isComplete">,
) => void;

/**
 * Searches names in trees, on a thread of its own that ends with it. The trees
 * are listed once, as they are when they are come to.
 */
export class Search implements Disposable {
  readonly #worker: Worker;
  #number = 0;
  #query = "";

  /**
   * @param listener Told at the end of each query, and sometimes before. A
   * query that was replaced is not heard of again.
   * @param onFailure Called if the thread can't go on.
   */
  constructor(
    ground: SearchGround,
    listener: SearchListener,
    onFailure: (error: Error) => void,
  ) {
    this.#worker = new Worker(new URL("./search_thread.ts", import.meta.url), {
      type: "module",
      name: "search",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromSearch>) => {
      if (data.number === this.#number) listener(this.#query, data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onFailure(new Error(event.message));
    };
    this.#post({ ground });
  }

  /** Starts to look for something else. */
  ask(query: string): void {
    this.#query = query;
    this.#post({ query, number: ++this.#number });
  }

  /** Ends the thread, whatever it is at. */
  [Symbol.dispose](): void {
    this.#number = -1;
    this.#worker.terminate();
  }

  #post(message: ToSearch): void {
    this.#worker.postMessage(message);
  }
}
