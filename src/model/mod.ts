/**
 * Asks models: the Responses API over HTTP, its stream and its failures, the
 * providers and models of the configuration, and a scripted provider that
 * needs no network. Knows no threads and no tools.
 *
 * @module
 */
export * from "./model.ts";
export * from "./response_item.ts";
