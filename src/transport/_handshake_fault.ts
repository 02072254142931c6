/**
 * What is wrong with the headers of a websocket handshake (RFC 6455, section
 * 4.2.1), in the words that the protocol's clients know, or `undefined`.
 */
export function toHandshakeFault(
  header: (name: string) => string | undefined,
): string | undefined {
  const connection = header("connection")?.toLowerCase().split(",") ?? [];
  if (!connection.some((option) => option.trim() === "upgrade")) {
    return "Connection header did not include 'upgrade'";
  }
  if (header("upgrade")?.toLowerCase() !== "websocket") {
    return "`Upgrade` header did not include 'websocket'";
  }
  if (header("sec-websocket-version") !== "13") {
    return "`Sec-WebSocket-Version` header did not include '13'";
  }
  const key = header("sec-websocket-key");
  if (key === undefined) return "`Sec-WebSocket-Key` header missing";
  if (!/^[+/0-9A-Za-z]{22}==$/.test(key)) {
    return "`Sec-WebSocket-Key` header is not 16 bytes of base64";
  }
  return undefined;
}
