/** What clients are told if the configuration can't be used. */
export function toReloadFailure(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `failed to reload config: ${why}`;
}
