import type { Run } from "./command.ts";

/**
 * What all commands but `app-server` do. A server that starts looks at none of
 * it: how this file is found is a choice of the entry, as with the rooms on
 * demand.
 */
export const otherCommands = {
  call: () => import("./call.ts"),
  daemon: () => import("./daemon.ts"),
  doctor: () => import("./doctor.ts"),
  exec: () => import("./exec.ts"),
  execFork: () => import("./exec_fork.ts"),
  execResume: () => import("./exec_resume.ts"),
  execReview: () => import("./exec_review.ts"),
  generateJsonSchema: () => import("./generate_json_schema.ts"),
  generateTs: () => import("./generate_ts.ts"),
  printStartupConfig: () => import("./print_startup_config.ts"),
  proxy: () => import("./proxy.ts"),
  run: () => import("./run.ts"),
  tokenMint: () => import("./token_mint.ts"),
  tokenSha256: () => import("./token_sha256.ts"),
  tokenVerify: () => import("./token_verify.ts"),
} satisfies Record<string, () => Promise<{ run: Run }>>;
