/**
 * The agent loop: asks the model, plays its answer, does what it calls for, and
 * asks again until the turn is done. Knows no connections and no files of its
 * own; everything it shows goes through a stage.
 *
 * @module
 */
export type * from "./agent.ts";
export type * from "./extensions.ts";
export { builtInInstructions } from "./_base_instructions.ts";
export { collaborationInstructions } from "./_collaboration_mode.ts";
export { toReviewHint } from "./_review_text.ts";
export { createAgent } from "./create_agent.ts";
export { toInterruptedNote } from "./_end.ts";
export { createReviewer, type ReviewerOptions } from "./create_reviewer.ts";
export { toContent, toMessages } from "./_user_message.ts";
