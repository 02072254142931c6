/** Time that a step waits when it names none. */
export const STEP_LIMIT_MS = 8000;
