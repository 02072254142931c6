/** Variable by which processes are known, wherever they went. */
const MARK = "GANGWAY_TEST_MARK";

/** A mark that processes inherit, to find all that a test started. */
export interface Mark {
  /** Environment of the first of them. */
  readonly env: Readonly<Record<string, string>>;
  /** Those that carry it and have not ended. */
  pids(): Promise<number[]>;
}

/** Makes a mark that nothing else carries. */
export function createMark(): Mark {
  const value = crypto.randomUUID();
  return {
    env: { [MARK]: value },
    pids: () => findPids(`${MARK}=${value}\0`),
  };
}

/** Also finds processes that left their parent, group or session. */
async function findPids(text: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // One that has ended, or is not ours to look at, has none.
    const environment = await Deno.readTextFile(`/proc/${name}/environ`)
      .catch(() => "");
    if (`\0${environment}`.includes(`\0${text}`)) found.push(Number(name));
  }
  return found;
}
