// The few numbers that a report is made of.

/** @param {readonly number[]} values @returns {number} NaN when there are none */
export function median(values) {
  return percentile(values, 0.5);
}

/**
 * Between two values it is interpolated.
 * @param {readonly number[]} values
 * @param {number} share 0.95 for p95
 */
export function percentile(values, share) {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).toSorted();
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** How far the values lie apart, as a share of their median. @param {readonly number[]} values */
export function spread(values) {
  return values.length === 0 ? Number.NaN : (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Jain's index of fairness: 1 when all got the same, 1/n when one got everything. @param {readonly number[]} shares */
export function jainIndex(shares) {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return squares === 0 ? 0 : (sum * sum) / (shares.length * squares);
}
