/** All contracts on the embedded host. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onSettableClock, onSystemClock } from './support/embedded-subject.js';

const onTheClockOfTheTest = { name: 'the embedded host, on a settable clock', open: onSettableClock() };
allContracts(onTheClockOfTheTest, { describe, it });

// These mostly wait, each on a server of its own, so several may run side by side.
const sideBySide = { describe: describe.concurrent, it };
const onRealTime = { name: 'the embedded host, on real time', open: onSystemClock() };
allContracts(onRealTime, sideBySide);
