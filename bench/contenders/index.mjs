// All contenders, in the order of the report. Each is a file of that name.

/** Ours. */
export const OURS = ['holdfast', 'holdfast-service'];

/** What others wrote. */
export const PEERS = [
  'redlock-5',
  'redlock-4',
  'redis-semaphore',
  'redlock-universal',
  'murlock',
  'redis-kit-lock',
];

/** Of rates, not of locks. */
export const LIMITERS = [
  'raw-limit',
  'holdfast-fixed-window',
  'holdfast-gcra',
  'holdfast-sliding-window-counter',
  'rate-limiter-flexible',
  'throttler-storage-redis',
];

/** Of several who may have a name at once. */
export const PERMITS = ['raw-permits', 'holdfast-permits', 'redis-semaphore-permits'];

/** Of what is done once. */
export const ONCE = ['raw-once', 'holdfast-once'];

/** @param {string} name @returns {Promise<import('./contender.d.ts').Contender>} */
export async function contenderNamed(name) {
  const { default: contender } = await import(`./${name}.mjs`);
  return contender;
}
