/** One argument on the wire: https://redis.io/docs/latest/develop/reference/protocol-spec/#bulk-strings */
export function bulk(value: string | number): string {
  const text = String(value);
  const bytes = typeof value === 'number' ? text.length : Buffer.byteLength(text);
  return `$${bytes}\r\n${text}\r\n`;
}
