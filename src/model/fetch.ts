/** Sends a request over HTTP. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
