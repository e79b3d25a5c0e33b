/**
 * Redis and Lua know bytes, not characters: lengths, `string.sub` and the order of a sorted set count bytes.
 * Inside the host every text is therefore one character per byte, and is converted at the edge, here only.
 */
declare const brand: unique symbol;

/** A text as bytes: each character is one byte, 0 to 255. */
export type Bytes = string & { readonly [brand]: true };

// oxlint-disable-next-line no-control-regex -- NUL is a byte like any other
const ASCII = /^[\x00-\x7f]*$/;
// oxlint-disable-next-line no-control-regex -- likewise
const ONE_BYTE_EACH = /^[\x00-\xff]*$/;

/** The UTF-8 bytes of a text. */
export function toBytes(text: string): Bytes {
  return joined(ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1'));
}

/** The text that these bytes spell in UTF-8. */
export function toText(bytes: Bytes): string {
  return ASCII.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Bytes as they lie in a piece of memory. */
export function bytesAt(memory: Uint8Array, from: number, length: number): Bytes {
  return joined(Buffer.from(memory.buffer, memory.byteOffset + from, length).toString('latin1'));
}

/** A text made only by cutting and joining {@link Bytes} and ASCII: its characters are bytes already. */
export function joined(text: string): Bytes {
  if (isBytes(text)) return text;
  throw new RangeError('A text with characters above 255 was taken for bytes');
}

function isBytes(text: string): text is Bytes {
  return ONE_BYTE_EACH.test(text);
}
