/**
 * The embedded host on real time, because what takes time needs somebody who lets it pass. Every day it is both told late
 * and answers late; more of each alone, and neither, are for long runs.
 */
import type { ContractSuite } from '@holdfast/testing';
import { long } from '../../support/long.js';
import { behind } from './behind.js';
import { onSystemClock } from './embedded-subject.js';

const LATE_BY_MS = 15;
const HALF_MS = 8;

const bothWays: ContractSuite = {
  name: 'a host that is told late and answers late, 8 ms each',
  open: onSystemClock(
    behind((faults) => {
      faults.delayCalls(HALF_MS);
      faults.delayReplies(HALF_MS);
    }),
  ),
};

const others: readonly ContractSuite[] = [
  {
    name: 'a host that is told 15 ms late',
    open: onSystemClock(behind((faults) => faults.delayCalls(LATE_BY_MS))),
  },
  {
    name: 'a host that answers 15 ms late',
    open: onSystemClock(behind((faults) => faults.delayReplies(LATE_BY_MS))),
  },
  { name: 'the embedded host, on real time', open: onSystemClock() },
];

export const lateHosts: readonly ContractSuite[] = long ? [bothWays, ...others] : [bothWays];
