/** Numbers as Redis reads and writes them. */
import { toBytes, type Bytes } from '../bytes.js';

const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)(0x[\da-f]+)$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const INT64 = 2n ** 63n;

/** A 64-bit integer without sign `+`, blanks or leading zeros; `undefined` for anything else. */
export function parseInteger(text: string): number | undefined {
  if (text.length < 16) return INTEGER.test(text) ? Number(text) : undefined;
  const exact = exactInteger(text);
  return exact === undefined ? undefined : Number(exact);
}

/** The same to the last digit. */
export function exactInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const exact = BigInt(text);
  return fitsInt64(exact) ? exact : undefined;
}

/** Whether Redis can count that far. */
export function fitsInt64(value: bigint): boolean {
  return value >= -INT64 && value < INT64;
}

/** What `strtod` reads, if it reads all of it and the result is a number that a double can hold. */
export function parseScore(text: string): number | undefined {
  if (INFINITE.test(text)) return readAll(text);
  const value = readAll(text);
  const underflow = value === 0 && !HEXADECIMAL.test(text) && /[1-9]/.test(text.replace(/e.*/i, ''));
  return Number.isFinite(value) && !underflow ? value : undefined;
}

/** A bound of a range of scores, behind its `(`: read more kindly than a score, as Redis does. */
export function parseBound(text: string): number | undefined {
  return text === '' ? 0 : readAll(text.replace(/^[ \t-\r]+/, ''));
}

function readAll(text: string): number | undefined {
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal !== null) return Number(hexadecimal[2]) * (hexadecimal[1] === '-' ? -1 : 1);
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/** As C prints it with `%.17g`: what Redis makes of a Lua number in an argument, and of a score in a reply. */
export function formatNumber(value: number): Bytes {
  if (Number.isSafeInteger(value) && value !== 0) return toBytes(String(value));
  if (value === 0) return toBytes(Object.is(value, -0) ? '-0' : '0');
  if (!Number.isFinite(value)) return toBytes(Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');
  const [mantissa = '', exponentText = '0'] = value.toExponential(16).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 17) return toBytes(withoutTrailingZeros(value.toFixed(16 - exponent)));
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return toBytes(`${withoutTrailingZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${digits}`);
}

function withoutTrailingZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
