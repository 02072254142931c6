import {
  type GitInfo,
  RpcError,
  type ThreadMetadataGitInfoUpdateParams,
} from "../protocol/mod.ts";

/**
 * What is to change of what is known of a thread's repository; what is absent
 * stays.
 *
 * @throws {RpcError} if that is nothing, or something is blank.
 */
export function checkGitInfoChange(
  change: ThreadMetadataGitInfoUpdateParams,
): Partial<GitInfo> {
  const { sha, branch, originUrl } = change;
  const entries = Object.entries({ sha, branch, originUrl }).filter((
    entry,
  ): entry is [string, string | null] => entry[1] !== undefined);
  if (entries.length === 0) {
    throw RpcError.invalidRequest("gitInfo must include at least one field");
  }
  for (const [field, value] of entries) {
    if (value === null || value.trim() !== "") continue;
    throw RpcError.invalidRequest(`gitInfo.${field} must not be empty`);
  }
  return Object.fromEntries(entries);
}
