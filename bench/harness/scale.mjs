// How long and how often, in full and in quick.

const FULL = { rounds: 7, forMs: 3_000, warmUpMs: 1_000 };
const QUICK = { rounds: 3, forMs: 400, warmUpMs: 150 };

/**
 * @typedef {object} Scale
 * @property {boolean} quick
 * @property {number} rounds
 * @property {number} forMs how long one measurement takes
 * @property {number} warmUpMs
 * @property {number} [locks] of w3
 * @property {number} [ttlMs] of w3
 * @property {number} [times] of w7
 */

/**
 * @param {{ full?: Partial<Scale>, quick?: Partial<Scale> }} bench
 * @param {import('./command-line.mjs').Asked} asked
 * @returns {Scale}
 */
export function scaleOf(bench, { quick, rounds, locks }) {
  const scale = quick ? { ...QUICK, ...bench.quick } : { ...FULL, ...bench.full };
  return { ...scale, quick, locks: locks ?? scale.locks, rounds: rounds ?? scale.rounds };
}
