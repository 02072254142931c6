/**
 * What a model can call: commands, patches, plans, images, questions to the
 * user, tools of the client. Decides with whom a call must be agreed, and asks.
 *
 * @module
 */
export {
  type Callable,
  createToolbox,
  findTool,
  type ToolboxOptions,
  toToolSpecs,
} from "./create_toolbox.ts";
export { agentNamespace } from "./_agent_specs.ts";
export { isImageUrl } from "./_image_data.ts";
export { toBudget } from "./_output_text.ts";
export { QuestionQueue } from "./question_queue.ts";
export { review } from "./_review.ts";
export { type OutputBudget, shorten } from "./_shorten.ts";
export type * from "./machine.ts";
export type { VariablePolicy } from "./_shell_environment.ts";
export type { RunningProgram } from "./site.ts";
export * from "./stage.ts";
export * from "./subagents.ts";
export type * from "./tool.ts";
export { searchTools } from "./tool_search.ts";
export type * from "./toolbox.ts";
export { findHere } from "./find_here.ts";
export {
  isOwnProfile,
  type RecordedPermissions,
  tellOwnProfile,
  tellPermissions,
  type ToldPermissions,
  toRecordedPermissions,
} from "./told_permissions.ts";
export { InvalidPermission, type ToldPlace } from "../sandbox/mod.ts";
