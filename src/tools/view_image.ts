import type { Access } from "../access/mod.ts";
import type { ToolSpec } from "../model/mod.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import { readArguments } from "./_arguments.ts";
import { resolvePath } from "./_command_line.ts";
import { toFunctionSpec } from "./_command_specs.ts";
import { type Grants, toLimits, toWish } from "./_grants.ts";
import { toDataUrl, toImageType } from "./_image_data.ts";
import { failure } from "./command_runner.ts";
import type { Tool, ToolCall, ToolContext, ToolOutput } from "./tool.ts";

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
  readonly access: Access;
  readonly sandbox: Sandbox;
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

  spec(): ToolSpec {
    return spec;
  }

  async call(
    { callId, input }: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const { stage, settings } = context;
    const path = resolvePath(readArguments(input).text("path"), settings.cwd);
    const bytes = await this.#read(path, context);
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

  /** The bytes, or why there are none. */
  async #read(
    path: string,
    { settings, stage, signal }: ToolContext,
  ): Promise<Uint8Array | string> {
    const { access, sandbox, grants } = this.#options;
    try {
      const real = await access.checkRead(path);
      const wish = toWish(toLimits(settings, grants.of(stage)));
      const isReadable = await sandbox.findReadable(wish);
      const place = await Deno.realPath(real);
      if (!isReadable(place)) return `image path \`${path}\` may not be read`;
      const { isFile, size } = await Deno.stat(place);
      if (!isFile) return `image path \`${path}\` is not a file`;
      if (size > MAX_IMAGE_BYTES) {
        return `image path \`${path}\` has ${size} bytes, ` +
          `more than the ${MAX_IMAGE_BYTES} that can be shown`;
      }
      return await Deno.readFile(place, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      const reason = /[^:]*\(os error \d+\)/.exec(error.message)?.[0].trim();
      return `unable to locate image at \`${path}\`: ${
        reason ?? error.message
      }`;
    }
  }
}
