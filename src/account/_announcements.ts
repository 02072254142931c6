import { Announcement } from "../protocol/mod.ts";
import { toPlanType } from "./_claims.ts";
import { isChatgpt, type SignIn } from "./sign_in.ts";

/** That a sign-in ended, and why it failed, if it did. */
export function toEnd(
  loginId: string | null,
  error: string | null,
): Announcement {
  return new Announcement("account/login/completed", {
    loginId,
    success: error === null,
    error,
    onboardingEntrypoint: null,
  });
}

/** That somebody else is signed in, or nobody. */
export function toUpdate(signIn: SignIn | undefined): Announcement {
  return new Announcement("account/updated", {
    authMode: signIn?.mode ?? null,
    planType: isChatgpt(signIn) ? toPlanType(signIn.claims.planType) : null,
  });
}
