/** All contracts on the embedded host, which is told late; that of jobs, which waits for minutes of ticks, in a long run. */
import { describe, it } from 'vitest';
import { long } from '../support/long.js';
import { allContracts } from './support/all-contracts.js';
import { behind } from './support/behind.js';
import { onSystemClock } from './support/embedded-subject.js';

// On real time, because what takes time needs somebody who lets it pass. These mostly wait.
const late = {
  name: 'a host that is told 15 ms late',
  open: onSystemClock(behind((faults) => faults.delayCalls(15))),
};
allContracts(late, { describe: describe.concurrent, it }, { withJobs: long });
