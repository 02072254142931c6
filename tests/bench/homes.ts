import type { Side } from "./args.ts";
import type { Bench } from "./bench.ts";

/**
 * Makes a new home for a server of a side, with a configuration that asks a
 * model at `port`, nobody for permission, and puts nothing into a sandbox.
 *
 * @returns its path.
 */
export async function createHome(
  bench: Bench,
  side: Side,
  name: string,
  port: number,
): Promise<string> {
  const home = bench.path(`home-${name}-${side}`);
  await Deno.remove(home, { recursive: true }).catch(() => {});
  await Deno.mkdir(home, { recursive: true });
  const lines = [
    'model = "bench-model"',
    'model_provider = "bench"',
    'approval_policy = "never"',
    'sandbox_mode = "danger-full-access"',
    "[model_providers.bench]",
    'name = "Bench"',
    `base_url = "http://127.0.0.1:${port}/v1"`,
    'wire_api = "responses"',
    "request_max_retries = 0",
    "stream_max_retries = 0",
    // One of the turns that are measured has a plan.
    "[tools.update_plan]",
    "enabled = true",
  ];
  await Deno.writeTextFile(`${home}/config.toml`, `${lines.join("\n")}\n`);
  return home;
}
