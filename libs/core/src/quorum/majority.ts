/** What more than half of the servers agree on. */

export function majorityOf(servers: number): number {
  return Math.floor(servers / 2) + 1;
}

/** The value that `majority` of them do not exceed; `Infinity` when there are not so many. */
export function reachedBy(majority: number, values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[majority - 1] ?? Infinity;
}
