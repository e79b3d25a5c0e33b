/** Whether everything is run whole (`npm run test:long`) instead of small. */
export const long = process.env['HOLDFAST_LONG'] === '1';

/** A number of rounds: the whole number in a long run, a small one every day. */
export function rounds(everyday: number, whole: number): number {
  return long ? whole : everyday;
}

/** The value below which 95 of 100 lie. */
export function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? NaN;
}
