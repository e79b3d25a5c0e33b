/** Arguments on the wire: https://redis.io/docs/latest/develop/reference/protocol-spec/#bulk-strings */

export function bulk(value: string | number): string {
  const text = typeof value === 'string' ? value : String(value);
  return `${bulkHeader(text)}${text}\r\n`;
}

const headers = Array.from({ length: 64 }, (_, bytes) => `$${bytes}\r\n`);

/** What stands in front of an argument. */
export function bulkHeader(text: string): string {
  const bytes = Buffer.byteLength(text);
  return headers[bytes] ?? `$${bytes}\r\n`;
}
