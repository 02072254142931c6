import { createBearerPolicy } from "../transport/mod.ts";
import { readEnvironment } from "./_secret.ts";
import type { Invocation } from "./command.ts";
import { print, readInput } from "./output.ts";

/**
 * Prints the claims of a signed token that a server would let in.
 *
 * @throws {Error} if it would not, in the words of its 401.
 */
export async function run(invocation: Invocation): Promise<number> {
  const policy = await createBearerPolicy({
    mode: "signed-bearer-token",
    sharedSecretFile: invocation.value("secret-file"),
    issuer: invocation.value("issuer"),
    audience: invocation.value("audience"),
  });
  const variable = invocation.value("token-env");
  const token = variable === undefined
    ? (await readInput()).trim()
    : readEnvironment(variable);
  const refusal = policy!.refusal(`Bearer ${token}`);
  if (refusal !== undefined) throw new Error(refusal);
  const claims = Uint8Array.fromBase64(token.split(".")[1]!, {
    alphabet: "base64url",
  });
  await print(`${new TextDecoder().decode(claims)}\n`);
  return 0;
}
