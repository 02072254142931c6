import assert from "node:assert/strict";
import { RpcError } from "../protocol/mod.ts";

/** What `account/read` answers about nobody. */
export const nobody = {
  account: null,
  userId: null,
  requiresOpenaiAuth: true,
  workspaceRouting: null,
};

/** And about who {@linkcode toManaged} signs in. */
export const somebody = {
  account: {
    type: "chatgpt",
    email: "a@b.example",
    planType: "pro",
    workspaceName: "Work",
  },
  userId: "user-1",
  requiresOpenaiAuth: true,
  workspaceRouting: {
    chatgptAccountId: "acc-1",
    backendOrigin: "https://backend.example",
    accountRoutingOverride: "us",
  },
};

/** What everybody is told of a sign-in that went well. */
export const success = {
  loginId: null,
  success: true,
  error: null,
  onboardingEntrypoint: null,
};

/** Whether an error is that refusal. */
export function refusal(
  message: string,
  code = -32600,
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RpcError);
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  };
}

/** What everybody is told of the end of a sign-in. */
export function ended(loginId: string, error: string | null): unknown {
  return {
    loginId,
    success: error === null,
    error,
    onboardingEntrypoint: null,
  };
}
