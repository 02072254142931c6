import {
  createCapabilityToken,
  mintSignedToken,
  sha256Hex,
} from "../transport/mod.ts";
import { parseDurationSeconds } from "./_duration.ts";
import { toOsText } from "./_os_text.ts";
import { readSecret } from "./_secret.ts";
import type { Invocation } from "./command.ts";
import { print } from "./output.ts";
import { UsageError } from "./usage_error.ts";

const DEFAULT_LIFE = "1h";

/** Makes a token and prints it, or writes it to a file. */
export async function run(invocation: Invocation): Promise<number> {
  const out = invocation.value("out");
  if (!invocation.has("capability")) {
    const token = await mintFrom(invocation);
    if (out === undefined) await print(`${token}\n`);
    else await writePrivate(out, token);
    return 0;
  }
  const token = await createCapabilityToken();
  const digest = await sha256Hex(token);
  if (out === undefined) {
    await print(`token  ${token}\nsha256 ${digest}\n`);
  } else {
    await writePrivate(out, token);
    await print(`sha256 ${digest}\n`);
  }
  return 0;
}

async function mintFrom(invocation: Invocation): Promise<string> {
  const path = invocation.value("secret-file");
  if (path === undefined) {
    throw new UsageError(
      "one of '--secret-file <FILE>' and '--capability' is required",
    );
  }
  const life = invocation.value("expires-in") ?? DEFAULT_LIFE;
  const issuer = invocation.value("issuer");
  const audience = invocation.value("audience");
  const subject = invocation.value("subject");
  const secret = await readSecret(path);
  const issuedAt = Math.floor(Date.now() / 1000);
  return mintSignedToken({
    secret,
    issuedAt,
    expiresAt: issuedAt + parseDurationSeconds(life)!,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
    ...(subject === undefined ? {} : { subject }),
  });
}

/** Never over a file that is there: somebody may hold it open. */
async function writePrivate(path: string, token: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, `${token}\n`, {
      createNew: true,
      mode: 0o600,
    });
  } catch (error) {
    throw new Error(`Cannot create "${path}": ${toOsText(error)}`);
  }
}
