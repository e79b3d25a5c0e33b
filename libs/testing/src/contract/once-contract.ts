/** What every store that remembers what was done has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { register } from './contract.js';
import { doingOnce } from './once/doing-once.js';
import { failingOnce } from './once/failing-once.js';
import { sharing } from './once/sharing.js';
import { remainsOfOnce } from './remains.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'what is done once': doingOnce,
  'what is done once and fails': failingOnce,
  'what is shared': sharing,
};

/**
 * Registers the contract of what is done once as tests: one run, its result for all, crashes, failures, sharing.
 *
 * @param suite - The store under test, and how time passes on it.
 * @param test - `describe` and `it` of your test framework.
 */
export function onceContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'once', chapters: CHAPTERS, mayStay: remainsOfOnce }, suite, test);
}
