import type { ToolSpec } from "../model/mod.ts";
import { resolvePath } from "../protocol/mod.ts";
import { readArguments } from "./_arguments.ts";
import { toFunctionSpec, withEnvironment } from "./_command_specs.ts";
import type { Grants } from "./_grants.ts";
import { toDataUrl, toImageType } from "./_image_data.ts";
import { failure } from "./command_runner.ts";
import type { Sites } from "./sites.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

/** Longest file in bytes that a model is shown. */
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

const spec = toFunctionSpec(
  "view_image",
  "Looks at a picture on disk: PNG, JPEG, GIF or WebP.",
  { path: { type: "string", description: "Path of the file." } },
  ["path"],
);

/** What the tool works with. */
export interface ViewImageOptions {
  readonly sites: Sites;
  readonly grants: Grants;
}

/** `view_image`: shows the model a picture. */
export class ViewImage implements Tool {
  readonly name = "view_image";
  readonly isParallel = true;
  readonly #options: ViewImageOptions;

  /** @param options What it works with. */
  constructor(options: ViewImageOptions) {
    this.#options = options;
  }

  spec({ settings }: ToolSurroundings): ToolSpec {
    return withEnvironment(spec, settings);
  }

  async call(
    { callId, input }: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const { stage, settings, signal } = context;
    const { sites, grants } = this.#options;
    const args = readArguments(input);
    const site = sites.find(context, args.optionalText("environment_id"));
    const path = resolvePath(site.cwd, args.text("path"));
    const bytes = await site.readImage(path, {
      settings,
      grant: grants.of(stage, site),
      maxBytes: MAX_IMAGE_BYTES,
      signal,
    });
    if (typeof bytes === "string") return failure(bytes);
    const type = toImageType(bytes);
    if (type === undefined) {
      return failure(
        "unable to process image: invalid or unsupported image data",
      );
    }
    const item = { type: "imageView", id: callId, path } as const;
    stage.started(item);
    stage.completed(item);
    return {
      output: [{
        type: "input_image",
        image_url: toDataUrl(bytes, type),
        detail: "high",
      }],
      isSuccess: true,
    };
  }
}
