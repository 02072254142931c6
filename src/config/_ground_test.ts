import assert from "node:assert/strict";
import { RpcError } from "../protocol/mod.ts";
import { ConfigError } from "./config_error.ts";
import {
  type Configuration,
  type ConfigurationOptions,
  openConfiguration,
} from "./configuration.ts";

/** A home, an /etc and a place to work, that go away again. */
export class Ground implements AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly work: string;

  private constructor(root: string) {
    this.root = root;
    this.home = `${root}/home`;
    this.work = `${root}/work`;
  }

  static async create(files: Record<string, string> = {}): Promise<Ground> {
    const root = await Deno.realPath(await Deno.makeTempDir());
    const ground = new Ground(root);
    for (const name of ["home", "etc", "work"]) {
      await Deno.mkdir(`${root}/${name}`);
    }
    for (const [path, text] of Object.entries(files)) {
      await ground.write(path, text);
    }
    return ground;
  }

  open(options: Partial<ConfigurationOptions> = {}): Promise<Configuration> {
    const { home, root } = this;
    return openConfiguration({
      home,
      etc: `${root}/etc`,
      env: new Map([["HOME", `${root}/user`]]),
      ...options,
    });
  }

  async write(path: string, text: string): Promise<void> {
    const file = `${this.root}/${path}`;
    await Deno.mkdir(file.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(file, text.replaceAll("$R", this.root));
  }

  read(path: string): Promise<string> {
    return Deno.readTextFile(`${this.root}/${path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

/** The message of what a promise is rejected with, and its data. */
export async function refusalOf(
  promise: Promise<unknown>,
  ground: Ground,
): Promise<{ code?: number; message: string; data?: unknown }> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof RpcError || error instanceof ConfigError);
    const message = error.message.replaceAll(ground.root, "$R");
    return error instanceof RpcError
      ? { code: error.code, message, data: error.data }
      : { message };
  }
  throw new Error("was accepted");
}
