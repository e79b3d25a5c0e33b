/** What every store under jobs has to do, as tests that run on any of them. */
import type { Chapter } from './chapter.js';
import { register } from './contract.js';
import { bodies } from './jobs/bodies.js';
import { byHand } from './jobs/by-hand.js';
import { crashes } from './jobs/crashes.js';
import { dataLoss } from './jobs/data-loss.js';
import { definitions } from './jobs/definitions.js';
import { history } from './jobs/history.js';
import { jobClosing } from './jobs/job-closing.js';
import { jobNames } from './jobs/job-names.js';
import { missedTicks } from './jobs/missed-ticks.js';
import { news } from './jobs/news.js';
import { overlap } from './jobs/overlap.js';
import { ticks } from './jobs/ticks.js';
import { remainsOfJobs } from './remains.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  ticks,
  overlap,
  'missed ticks': missedTicks,
  crashes,
  'the loss of data': dataLoss,
  'asking by hand': byHand,
  definitions,
  bodies,
  history,
  names: jobNames,
  news,
  closing: jobClosing,
};

/**
 * Registers the contract of jobs as tests: each tick once, the policies for overlap, missed ticks and crashes, what people
 * ask for, versions, bodies, shutdown, history and events. For whoever writes a script host or a store of his own, and for us on
 * each host that we ship.
 *
 * Every test opens a fresh namespace, works with several instances on it, and ends with a look at what it left: every key
 * of a job ends by itself, in bounded time.
 *
 * @param suite - The store under test, and how time passes on it; the same as for `lockContract`.
 * @param test - `describe` and `it` of your test framework.
 * @example `jobContract({ name: 'my store', open: () => openSubject() }, { describe, it })`
 */
export function jobContract(suite: ContractSuite, test: TestApi): void {
  register({ about: 'jobs', chapters: CHAPTERS, mayStay: remainsOfJobs }, suite, test);
}
