/**
 * Whether somebody must agree to a command. Reads command lines and scripts,
 * tells people what they seem to do, and decides by rules, policy and earlier
 * approvals whether a command runs, is asked about or refused. Decisions are pure:
 * only the rules files are read and written here. What can't be read for certain
 * is one whole that only the very same whole is equal to.
 *
 * @module
 */
export { toCommandLine } from "../protocol/mod.ts";
export {
  type CommandOrder,
  decide,
  decideRetry,
  type Decision,
  type Question,
} from "./decide.ts";
export { ExecRules, type RuleVerdict } from "./exec_rules.ts";
export { isDangerous, isReadOnly } from "./known_commands.ts";
export {
  parseRules,
  type PrefixRule,
  type RuleDecision,
  type Rules,
} from "./parse_rules.ts";
export { type Position, RuleSyntaxError } from "./rule_lexer.ts";
export {
  type Joint,
  parseScript,
  type ScriptPart,
  type SimpleCommand,
} from "./parse_script.ts";
export { readCommand } from "./read_command.ts";
export { toCommands, toScript } from "./read_script.ts";
export { toRejection } from "./rejection.ts";
export {
  appendAllowed,
  type LoadedRules,
  loadRules,
  type RestrictingDirectory,
  type RuleProblem,
} from "./rule_files.ts";
export { findRuleWarnings } from "./rule_warnings.ts";
export {
  type Accepted,
  type ApprovedCommand,
  SessionApprovals,
} from "./session_approvals.ts";
