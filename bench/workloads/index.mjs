// All workloads. One file each, with one bench or several.
import churn from './w1-churn.mjs';
import wire from './w1-wire.mjs';
import fairness from './w2a-fairness.mjs';
import handOff from './w2b-hand-off.mjs';
import inProcess from './w2c-in-process.mjs';
import burst from './w2d-burst.mjs';
import renewal from './w3-renewal.mjs';
import skip from './w4-skip.mjs';
import limits from './w5-limits.mjs';
import decorated from './w6-decorated.mjs';
import growth from './w7-growth.mjs';
import permits from './w8-permits.mjs';
import once from './w9-once.mjs';

/** @type {import('./bench.d.ts').Bench[]} */
const benches = [
  ...churn,
  ...wire,
  ...fairness,
  ...handOff,
  ...inProcess,
  ...burst,
  ...renewal,
  ...skip,
  ...limits,
  ...decorated,
  ...growth,
  ...permits,
  ...once,
];

/**
 * The benches whose names start with what was asked for.
 * @param {import('../harness/command-line.mjs').Asked} asked
 */
export function benchesFor({ workloads, quick }) {
  const wanted = ({ id, notInQuick }) =>
    workloads.length === 0
      ? !(quick && notInQuick)
      : workloads.some((start) => id === start || (id.startsWith(start) && !(quick && notInQuick)));
  return benches.filter(wanted);
}

/**
 * What was asked for and is neither the start of a workload nor a contender.
 * @param {import('../harness/command-line.mjs').Asked} asked
 */
export function unknownIn({ workloads, only }) {
  const contenders = new Set(benches.flatMap((bench) => bench.contenders));
  return [
    ...workloads.filter((start) => !benches.some(({ id }) => id.startsWith(start))),
    ...only.filter((name) => !contenders.has(name)),
  ];
}
