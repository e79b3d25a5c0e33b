// All workloads. One file each, with one bench or several.
import churn from './w1-churn.mjs';
import wire from './w1-wire.mjs';
import fairness from './w2a-fairness.mjs';
import handOff from './w2b-hand-off.mjs';
import inProcess from './w2c-in-process.mjs';
import burst from './w2d-burst.mjs';

/** @type {import('./bench.mjs').Bench[]} */
const benches = [...churn, ...wire, ...fairness, ...handOff, ...inProcess, ...burst];

/**
 * The benches whose names start with what was asked for.
 * @param {import('../harness/command-line.mjs').Asked} asked
 */
export async function benchesFor({ workloads, quick }) {
  const wanted = ({ id, notInQuick }) =>
    workloads.length === 0
      ? !(quick && notInQuick)
      : workloads.some((start) => id === start || (id.startsWith(start) && !(quick && notInQuick)));
  return benches.filter(wanted);
}
