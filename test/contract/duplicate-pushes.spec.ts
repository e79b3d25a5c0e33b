/** All contracts on the embedded host, where every message is told twice. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { behind } from './support/behind.js';
import { onSettableClock } from './support/embedded-subject.js';

const toldTwice = {
  name: 'a host that tells every message twice',
  open: onSettableClock(behind((faults) => faults.duplicatePushes())),
};
allContracts(toldTwice, { describe, it });
