/** Who says that a rule was broken. The first violation ends a seed. */
import type { Trace } from './trace.js';

/** What must never happen, by what is checked. */
export type Rule =
  | 'a fenced resource accepts no stale write'
  | 'two never believe that they hold'
  | 'a holder is told before the next one is granted'
  | 'fences grow'
  | 'every promise settles in its time'
  | 'every outcome is typed'
  | 'a free lock goes to who waits for it'
  | 'nobody barges'
  | 'a grant reaches who waits for it'
  | 'nothing is lost without a reason'
  | 'nobody is given what is over'
  | 'who gives up leaves nothing behind'
  | 'every key ends by itself'
  | 'a token that was given back never holds again'
  | 'nobody loses to a stranger';

export interface Violation {
  readonly rule: Rule;
  readonly text: string;
}

export class Judge {
  readonly #trace: Trace;
  #violation: Violation | undefined;
  /** What two holders would be excused by: the server lost data, or its clock jumped. */
  #excuse: string | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Whether mutual exclusion is promised up to now. */
  get exclusionHolds(): boolean {
    return this.#excuse === undefined;
  }

  excuse(why: string): void {
    this.#excuse ??= why;
  }

  violated(rule: Rule, text: string): void {
    if (this.#violation !== undefined) return;
    this.#violation = { rule, text };
    this.#trace.add('JUDGE', `${rule}: ${text}`);
  }
}
