/** What every store of quotas has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { register } from './contract.js';
import { changing, merging } from './quotas/changing.js';
import { quotaOptions } from './quotas/quota-options.js';
import { reserving } from './quotas/reserving.js';
import { remainsOfQuotas } from './remains.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'counters of a quota': changing,
  'a reservation': reserving,
  'merging accounts': merging,
  'options of a quota': quotaOptions,
};

/**
 * Registers the contract of quotas as tests: bounds, reservations, ids, windows, merges.
 *
 * @param suite - The store under test, and how time passes on it.
 * @param test - `describe` and `it` of your test framework.
 */
export function quotaContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'quotas', chapters: CHAPTERS, mayStay: remainsOfQuotas }, suite, test);
}
