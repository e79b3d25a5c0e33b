import type { Chapter } from './chapter.js';
import type { MayStay } from './remains.js';
import { play } from './scene.js';
import type { ContractSuite } from './subject.js';
import type { TestApi } from './test-api.js';

/** What a store has to do for one feature. */
export interface Contract {
  /** For titles: `locks`. */
  readonly about: string;
  readonly chapters: Readonly<Record<string, Chapter>>;
  /** What its tests may leave behind. */
  readonly mayStay: MayStay;
}

/** Registers every sentence of a contract as a test on a store of its own. */
export function register(
  { about, chapters, mayStay }: Contract,
  suite: ContractSuite,
  { describe, it }: TestApi,
): void {
  const { leftOut = {} } = suite;
  const unknown = Object.keys(leftOut).filter((title) => !(title in chapters));
  if (unknown.length > 0) throw new Error(`the contract of ${about} has no chapter ${unknown.join(', ')}`);
  describe(`${about} on ${suite.name}`, () => {
    for (const [title, chapter] of Object.entries(chapters)) {
      const reason = leftOut[title];
      if (reason !== undefined) {
        it.skip?.(`${title}: left out, for ${reason}`, () => Promise.resolve());
        continue;
      }
      describe(title, () => {
        for (const [sentence, act] of Object.entries(chapter)) it(sentence, () => play(suite, mayStay, act));
      });
    }
  });
}
