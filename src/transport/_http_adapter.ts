import {
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import type { HttpApp } from "./http.ts";

/** Methods that `Request` refuses; any other that is not GET stands for them. */
const UNSPEAKABLE_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

/** Puts a request of node:http before the app. Bodies are never looked at. */
export async function askApp(
  app: HttpApp,
  message: IncomingMessage,
  canUpgrade: boolean,
): Promise<Response> {
  const method = message.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    headers.set(name, Array.isArray(value) ? value.join(", ") : value ?? "");
  }
  const request = new Request(toUrl(message.url ?? "/"), {
    method: UNSPEAKABLE_METHODS.has(method) ? "DELETE" : method,
    headers,
  });
  return await app.fetch(request, { canUpgrade });
}

/** Writes an answer of the app as the reply to a plain request. */
export async function reply(
  answer: Response,
  response: ServerResponse,
): Promise<void> {
  const body = await answer.text();
  response.writeHead(answer.status, [
    ...[...answer.headers].flat(),
    "content-length",
    lengthOf(body),
  ]);
  response.end(body);
}

/** Writes an answer on a stream that node:http handed over, and ends it. */
export async function refuseUpgrade(
  answer: Response,
  stream: Duplex,
  method: string | undefined,
): Promise<void> {
  const body = await answer.text();
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`,
    ...[...answer.headers].map(([name, value]) => `${name}: ${value}`),
    `content-length: ${lengthOf(body)}`,
    "connection: close",
    `date: ${new Date().toUTCString()}`,
  ];
  const text = method === "HEAD" ? "" : body;
  stream.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}

function lengthOf(body: string): string {
  return String(new TextEncoder().encode(body).length);
}

/** A request target as a URL; all forms but paths keep only their path. */
function toUrl(target: string): string {
  if (target.startsWith("/")) return `http://localhost${target}`;
  const url = URL.parse(target);
  return `http://localhost${url?.pathname ?? "/"}`;
}
