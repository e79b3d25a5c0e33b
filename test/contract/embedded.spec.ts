/** The contracts of locks and jobs on the embedded host. */
import { jobContract, lockContract, semaphoreContract } from '@holdfast/testing';
import { describe, it } from 'vitest';
import { onSettableClock, onSystemClock } from './support/embedded-subject.js';

const onTheClockOfTheTest = { name: 'the embedded host, on a settable clock', open: onSettableClock() };
lockContract(onTheClockOfTheTest, { describe, it });
jobContract(onTheClockOfTheTest, { describe, it });
semaphoreContract(onTheClockOfTheTest, { describe, it });

// These mostly wait, each on a server of its own, so several may run side by side.
const sideBySide = { describe: describe.concurrent, it };
const onRealTime = { name: 'the embedded host, on real time', open: onSystemClock() };
lockContract(onRealTime, sideBySide);
jobContract(onRealTime, sideBySide);
semaphoreContract(onRealTime, sideBySide);
