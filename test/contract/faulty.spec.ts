/** All contracts on the embedded host behind a bad network that nobody should notice. */
import { faulty, type ContractSuite, type Faults } from '@holdfast/testing';
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onSettableClock, onSystemClock } from './support/embedded-subject.js';

/** With a fault that is on from the beginning. */
const behind =
  (fault: (faults: Faults) => void): Parameters<typeof onSettableClock>[0] =>
  (provider) => {
    const connection = faulty(provider);
    fault(connection.faults);
    return connection;
  };

const toldTwice: ContractSuite = {
  name: 'a host that tells every message twice',
  open: onSettableClock(behind((faults) => faults.duplicatePushes())),
};
allContracts(toldTwice, { describe, it });

// On real time, because a reply that takes time needs somebody who lets it pass. These mostly wait.
const sideBySide = { describe: describe.concurrent, it };
const late: readonly ContractSuite[] = [
  {
    name: 'a host that answers 15 ms late',
    open: onSystemClock(behind((faults) => faults.delayReplies(15))),
  },
  { name: 'a host that is told 15 ms late', open: onSystemClock(behind((faults) => faults.delayCalls(15))) },
];
for (const suite of late) {
  allContracts(suite, sideBySide);
}
