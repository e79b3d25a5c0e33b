/** All contracts on the embedded host, on real time. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onSystemClock } from './support/embedded-subject.js';

// These mostly wait, each on a server of its own, so several may run side by side.
allContracts(
  { name: 'the embedded host, on real time', open: onSystemClock() },
  { describe: describe.concurrent, it },
);
