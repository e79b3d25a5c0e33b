// A trial says nothing about a library when the machine stood still during it, or when the fault came much later than it
// was meant to. Then it is done again, whatever came of it. How often is in the report.

const MOST_STALL_OF_TTL = 0.1;
const MOST_STRIKE_OF_TTL = 0.3;
const MOST_ATTEMPTS = 3;

/**
 * @param {import('./lane.mjs').Lane} lane
 * @param {() => Promise<{ strikeMs?: number }>} trial
 */
export async function undisturbed(lane, trial) {
  for (let attempts = 1; ; attempts += 1) {
    const sample = await trial();
    const { stallMs, ttlMs } = lane;
    const isDisturbed =
      stallMs > MOST_STALL_OF_TTL * ttlMs || (sample.strikeMs ?? 0) > MOST_STRIKE_OF_TTL * ttlMs;
    if (!isDisturbed || attempts === MOST_ATTEMPTS) return { ...sample, stallMs, attempts, isDisturbed };
  }
}
