import type { Config } from "../config/mod.ts";
import type { ToolSpec } from "../model/mod.ts";
import { isConfined } from "./_grants.ts";
import { failure } from "./command_runner.ts";
import type { Tool, ToolOutput, ToolSurroundings } from "./tool.ts";

/** `web_search`: offered here, done by the model's provider. */
export class WebSearch implements Tool {
  readonly name = "web_search";
  readonly isParallel = true;
  readonly #mode: unknown;

  /** @param config Says in `web_search` whether, and how far. */
  constructor(config: Config) {
    this.#mode = config.get("web_search");
  }

  spec({ settings }: ToolSurroundings): ToolSpec | undefined {
    if (this.#mode === "disabled") return undefined;
    // Who is confined looks things up where they were stored before.
    const isLive = this.#mode === "live" || !isConfined(settings);
    return { type: "web_search", external_web_access: isLive };
  }

  call(): Promise<ToolOutput> {
    return Promise.resolve(failure("web_search is done by the provider"));
  }
}
