/** Pure back-off: how long to wait before the next try. Exponential up to a ceiling, less up to a quarter of jitter. */

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** The delay before try number `retry` (0 is the first one after a failure). */
export function backoffMs(
  { firstMs, mostMs }: Backoff,
  retry: number,
  random: number = Math.random(),
): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(retry, 30)) * (0.75 + random / 4);
}
