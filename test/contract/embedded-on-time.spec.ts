/** All contracts on the embedded host, on real time. That of jobs is on real time where answers are late, too: here in a long run. */
import { describe, it } from 'vitest';
import { long } from '../support/long.js';
import { allContracts } from './support/all-contracts.js';
import { onSystemClock } from './support/embedded-subject.js';

// These mostly wait, each on a server of its own, so several may run side by side.
allContracts(
  { name: 'the embedded host, on real time', open: onSystemClock() },
  { describe: describe.concurrent, it },
  { withJobs: long },
);
