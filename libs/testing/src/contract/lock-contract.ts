/** What every store under the lock engine has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { closing } from './closing.js';
import { register } from './contract.js';
import { elections } from './elections.js';
import { exclusion } from './exclusion.js';
import { fences } from './fences.js';
import { givingUp } from './giving-up.js';
import { holdTimes } from './hold-times.js';
import { inLine } from './in-line.js';
import { inspecting } from './inspecting.js';
import { leaseLife } from './lease-life.js';
import { lockDelay } from './lock-delay.js';
import { loss } from './loss.js';
import { names } from './names.js';
import { options } from './options.js';
import { preferences } from './preferences.js';
import { reading } from './reading.js';
import { reentry } from './reentry.js';
import { remainsOfLocks } from './remains.js';
import { runOutcomes } from './run-outcomes.js';
import { severalLocks } from './several-locks.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  exclusion,
  fences,
  'waiting in line': inLine,
  'giving up': givingUp,
  'the life of a lease': leaseLife,
  'holdAtLeast and holdAtMost': holdTimes,
  loss,
  'a lock delay': lockDelay,
  'outcomes of run': runOutcomes,
  reentry,
  reading,
  'several locks at once': severalLocks,
  inspect: inspecting,
  names,
  options,
  elections,
  preferences,
  closing,
};

/**
 * Registers the contract of locks as tests: exclusion, fences, waiting, giving up, loss, outcomes, shutdown. For
 * whoever writes a script host or a store of his own, and for us on each host that we ship.
 *
 * Every test opens a fresh namespace, works with several instances on it, and ends with a look at what it left.
 *
 * @param suite - The store under test, and how time passes on it.
 * @param test - `describe` and `it` of your test framework.
 * @example `lockContract({ name: 'my store', open: () => openSubject() }, { describe, it })`
 */
export function lockContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'locks', chapters: CHAPTERS, mayStay: remainsOfLocks }, suite, test);
}
