/** One argument on the wire: https://redis.io/docs/latest/develop/reference/protocol-spec/#bulk-strings */
export function bulk(value: string | number): string {
  const text = typeof value === 'string' ? value : String(value);
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
