/** Clocks that processes of one machine share. */

/** Milliseconds of the monotonic clock; what `at` in the messages of a lock-taker is. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** What to take from a time of the wall clock, such as the server's in a command log, to get one of {@link machineMs}. */
export function wallMinusMachineMs(): number {
  return Date.now() - machineMs();
}
