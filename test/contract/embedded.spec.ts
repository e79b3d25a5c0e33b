/** The contract of locks on the embedded host. */
import { lockContract } from '@holdfast/testing';
import { describe, it } from 'vitest';
import { onSettableClock, onSystemClock } from './support/embedded-subject.js';

lockContract({ name: 'the embedded host, on a settable clock', open: onSettableClock() }, { describe, it });
// These mostly wait, each on a server of its own, so several may run side by side.
lockContract(
  { name: 'the embedded host, on real time', open: onSystemClock() },
  { describe: describe.concurrent, it },
);
