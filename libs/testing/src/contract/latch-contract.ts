/** What every store that counts for latches has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { register } from './contract.js';
import { barriers, latches } from './latches/latches.js';
import { remainsOfLatches } from './remains.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = { 'a latch': latches, 'a barrier': barriers };

/**
 * Registers the contract of latches and barriers as tests.
 *
 * @param suite - The store under test, and how time passes on it.
 * @param test - `describe` and `it` of your test framework.
 */
export function latchContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'latches', chapters: CHAPTERS, mayStay: remainsOfLatches }, suite, test);
}
