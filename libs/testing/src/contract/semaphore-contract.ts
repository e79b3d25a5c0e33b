/** What every store of permits has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { register } from './contract.js';
import { remainsOfLocks } from './remains.js';
import { permitLine } from './semaphores/permit-line.js';
import { permitSize } from './semaphores/permit-size.js';
import { permits } from './semaphores/permits.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  permits,
  'the line for permits': permitLine,
  'the size of a semaphore': permitSize,
};

/**
 * Registers the contract of semaphores as tests: so many at a time, leases, the line, weights, sizes.
 *
 * @param suite - The store under test, and how time passes on it.
 * @param test - `describe` and `it` of your test framework.
 */
export function semaphoreContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'semaphores', chapters: CHAPTERS, mayStay: remainsOfLocks }, suite, test);
}
