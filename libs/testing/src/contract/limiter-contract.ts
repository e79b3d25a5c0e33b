/** What every store that counts for limiters has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { register } from './contract.js';
import { limiterOptions } from './limiters/limiter-options.js';
import { passing } from './limiters/passing.js';
import { limiterWaiting } from './limiters/waiting.js';
import { remainsOfLimiters } from './remains.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'a limiter': passing,
  'waiting for a limiter': limiterWaiting,
  'options of a limiter': limiterOptions,
};

/**
 * Registers the contract of rate limiters as tests: what passes, what waits, what is refused.
 *
 * @param suite - The store under test, and how time passes on it.
 * @param test - `describe` and `it` of your test framework.
 */
export function limiterContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'limiters', chapters: CHAPTERS, mayStay: remainsOfLimiters }, suite, test);
}
