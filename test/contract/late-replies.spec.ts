/** All contracts on the embedded host, which answers late. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { behind } from './support/behind.js';
import { onSystemClock } from './support/embedded-subject.js';

// On real time, because what takes time needs somebody who lets it pass. These mostly wait.
const late = {
  name: 'a host that answers 15 ms late',
  open: onSystemClock(behind((faults) => faults.delayReplies(15))),
};
allContracts(late, { describe: describe.concurrent, it });
