/** Whether two tasks may hold the same thing together. */
export type Access = "shared" | "exclusive";

/** What a task holds while it runs. */
export interface Claim {
  /** Things of one kind; claims of different lanes never meet. */
  readonly lane: string;
  /** Two `shared` claims go together, everything else waits its turn. */
  readonly access: Access;
  /** Part of the lane, a normalised absolute path. Absent: the whole lane. */
  readonly path?: string;
  /** Whether everything below `path` is claimed too. */
  readonly tree?: boolean;
}

interface Ticket {
  readonly claims: readonly Claim[];
  readonly dependents: Ticket[];
  blockers: number;
  start: () => void;
}

/**
 * Runs tasks in order of arrival where their claims meet, and together where
 * they don't. A task that claims nothing starts at once. The synchronous part
 * of a task that need not wait runs before `run` returns.
 */
export class KeyedQueue {
  readonly #lanes = new Map<string, Set<Ticket>>();

  /**
   * Runs a task as soon as no earlier one holds what it claims.
   *
   * @param signal Asked for only if the task has to wait: takes it out of the
   * queue again; the promise is then rejected with the signal's reason.
   */
  run<T>(
    claims: readonly Claim[],
    task: () => T | Promise<T>,
    signal?: () => AbortSignal,
  ): Promise<T> {
    if (claims.length === 0) return start(task);
    const ticket = this.#enter(claims);
    const release = () => this.#release(ticket);
    if (ticket.blockers === 0) {
      const result = start(task);
      result.then(release, release);
      return result;
    }
    const abort = signal?.();
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        ticket.start = () => {};
        release();
        reject(abort!.reason);
      };
      ticket.start = () => {
        abort?.removeEventListener("abort", leave);
        const result = start(task);
        result.then(release, release);
        resolve(result);
      };
      if (abort?.aborted) leave();
      else abort?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Number of tasks that run or wait with a claim. */
  get size(): number {
    const tickets = new Set<Ticket>();
    for (const lane of this.#lanes.values()) {
      for (const ticket of lane) tickets.add(ticket);
    }
    return tickets.size;
  }

  #enter(claims: readonly Claim[]): Ticket {
    const ticket: Ticket = {
      claims,
      dependents: [],
      blockers: 0,
      start: () => {},
    };
    for (const claim of claims) {
      let lane = this.#lanes.get(claim.lane);
      if (lane === undefined) this.#lanes.set(claim.lane, lane = new Set());
      for (const earlier of lane) {
        if (earlier === ticket) continue;
        if (!earlier.claims.some((other) => conflict(claim, other))) continue;
        earlier.dependents.push(ticket);
        ticket.blockers++;
      }
      lane.add(ticket);
    }
    return ticket;
  }

  #release(ticket: Ticket): void {
    for (const { lane } of ticket.claims) {
      const tickets = this.#lanes.get(lane);
      if (tickets?.delete(ticket) && tickets.size === 0) {
        this.#lanes.delete(lane);
      }
    }
    for (const dependent of ticket.dependents.splice(0)) {
      if (--dependent.blockers === 0) dependent.start();
    }
  }
}

function start<T>(task: () => T | Promise<T>): Promise<T> {
  try {
    const result = task();
    return result instanceof Promise ? result : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

function conflict(a: Claim, b: Claim): boolean {
  if (a.lane !== b.lane) return false;
  if (a.access === "shared" && b.access === "shared") return false;
  if (a.path === undefined || b.path === undefined) return true;
  return a.path === b.path || holds(a, b.path) || holds(b, a.path);
}

function holds(claim: Claim, path: string): boolean {
  if (!claim.tree) return false;
  const root = claim.path!;
  return root === "/" || path.startsWith(root) && path[root.length] === "/";
}
