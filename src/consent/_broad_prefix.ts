import { wordSet } from "./_operands.ts";
import { nameOf } from "./read_script.ts";

/** Programs that run whatever their arguments say. */
const runners = wordSet(
  "bash sh zsh dash fish ksh csh tcsh pwsh powershell cmd python python2 " +
    "python3 node nodejs deno bun perl ruby php lua Rscript osascript env sudo " +
    "doas su command builtin exec eval xargs nohup nice timeout time watch ssh " +
    "docker podman kubectl npx pnpx bunx uvx make ninja awk gawk sed find",
);

/** Programs of many commands, some harmless and some not. */
const suites = wordSet("git gh npm pnpm yarn cargo go pip pip3 uv rm");

/**
 * Whether a rule for commands that begin so would allow about anything: the name
 * of a program that runs other code, with nothing but options behind it.
 */
export function isBroadPrefix(prefix: readonly string[]): boolean {
  const [program = "", ...rest] = prefix;
  const name = nameOf(program).replace(/[\d.]+$/, "");
  const isRunner = runners.has(name) || runners.has(nameOf(program));
  if (isRunner) return rest.every((word) => word.startsWith("-"));
  return program === "" || suites.has(nameOf(program)) && rest.length === 0;
}
