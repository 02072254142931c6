/** Takes what a listener has to say to the operator. Never gets a secret. */
export type TransportLog = (
  level: "debug" | "warn" | "error",
  message: string,
) => void;
