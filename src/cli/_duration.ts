const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
};
/** A century: a longer life is a typing error. */
const MAX_SECONDS = 100 * 366 * 86_400;

/** Seconds of `90s`, `15m`, `12h` or `30d`, or `undefined` for anything else. */
export function parseDurationSeconds(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,12})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? 0);
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}
