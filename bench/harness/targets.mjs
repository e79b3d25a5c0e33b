// Whether a target was reached.

/**
 * @typedef {object} Target exactly one of the first three
 * @property {number} [atLeast]
 * @property {number} [atMost]
 * @property {number} [equals]
 * @property {boolean} [ofReference] the ratio to the reference counts, not the value
 */

/**
 * @param {Target | undefined} target
 * @param {{ value: number, ratio?: number }} measured
 */
export function verdict(target, { value, ratio }) {
  if (target === undefined) return undefined;
  const counts = target.ofReference ? ratio : value;
  if (counts === undefined) return undefined;
  const { atLeast = -Infinity, atMost = Infinity, equals = counts } = target;
  return counts >= atLeast && counts <= atMost && counts === equals ? 'reached' : '**missed**';
}
