import assert from "node:assert/strict";
import { Ground } from "./_ground_test.ts";

const told = (key: string, chosen: string, allowed: string, file: string) => ({
  summary: `Configured value for \`${key}\` is disallowed by requirements; ` +
    `falling back to required value ${allowed.split(",")[0]}. Details: ` +
    `invalid value for \`${key}\`: \`${chosen}\` is not in the allowed set ` +
    `[${allowed}] (set by ${file})`,
  details: null,
});

for (
  const [what, user, demands, warnings] of [
    [
      "a policy that is not allowed",
      'approval_policy = "never"',
      'allowed_approval_policies = ["on-request"]',
      [["approval_policy", "Never", "OnRequest"]],
    ],
    [
      "a reviewer who is not allowed",
      'approvals_reviewer = "auto_review"',
      'allowed_approvals_reviewers = ["user"]',
      [["approvals_reviewer", "AutoReview", "User"]],
    ],
    [
      "nothing where it is allowed",
      'approval_policy = "never"',
      'allowed_approval_policies = ["on-request", "never"]',
      [],
    ],
    [
      "nothing where nobody chose",
      "",
      'allowed_approval_policies = ["never"]',
      [],
    ],
  ] as const
) {
  Deno.test(`configWarning at the start tells of ${what}`, async () => {
    await using ground = await Ground.create({
      "home/config.toml": user,
      "etc/requirements.toml": demands,
    });
    const config = await (await ground.open()).atStart();
    assert.deepEqual(
      config.warnings,
      warnings.map(([key, chosen, allowed]) =>
        told(key, chosen, allowed, `${ground.root}/etc/requirements.toml`)
      ),
    );
  });
}
