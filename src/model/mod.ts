/**
 * Asks models: the Responses API over HTTP, its stream and its failures, the
 * providers and models of the configuration, and a scripted provider that
 * needs no network. Knows no threads and no tools. What is needed to ask is
 * loaded when somebody first does.
 *
 * @module
 */
export * from "./clock.ts";
export * from "./credentials.ts";
export { listModels } from "./facts.ts";
export * from "./model.ts";
export * from "./model_listing.ts";
export * from "./models.ts";
export * from "./provider.ts";
export * from "./response_item.ts";
export * from "./scripts.ts";
export { conceal } from "./_conceal.ts";
export { toStatusText } from "./_status_text.ts";
