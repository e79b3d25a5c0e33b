/** All contracts on the embedded host, on the clock of the test. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onSettableClock } from './support/embedded-subject.js';

allContracts({ name: 'the embedded host, on a settable clock', open: onSettableClock() }, { describe, it });
