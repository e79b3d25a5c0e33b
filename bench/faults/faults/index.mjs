// What goes wrong, in the order of the report. Each is a file of that name. Ids are those of the fault matrix of the
// tests; W20 is not in there.

export const FAULTS = [
  'holder-killed',
  'holder-frozen',
  'loop-blocked-long',
  'loop-blocked-short',
  'black-hole-long',
  'reset-and-refused',
  'black-hole-short',
  'replies-lost',
  'acquire-reply-lost',
  'late-release',
  'script-flush',
  'redis-restarted-empty',
  'keys-deleted',
  'redis-frozen',
  'waiters',
];

/** @param {string} name @returns {Promise<import('./fault.d.ts').Fault>} */
export async function faultNamed(name) {
  const { default: fault } = await import(new URL(`${name}.mjs`, import.meta.url).href);
  return fault;
}
