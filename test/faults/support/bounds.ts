/** The words of the column _bound_ in docs/errors.md, and how long a call may take that is held to one. */

/** What a caller brings along: its own `wait`, or `attemptTimeout` when it does not wait. */
export interface Patience {
  readonly patienceMs: number;
}

export interface Limits {
  /** A call that fails sooner was not as patient as the word says. */
  readonly failsAfterMs: number;
  readonly endsWithinMs: number;
}

/** For the way of a message between three processes on a busy machine. */
const SLACK_MS = 200;
/** Timers count whole milliseconds. */
const EARLY_MS = 5;
/** One round trip. */
const AT_ONCE_MS = 200;

const BOUNDS: ReadonlyMap<string, (patience: Patience) => Limits> = new Map([
  [
    'wait',
    ({ patienceMs }: Patience) => ({
      failsAfterMs: patienceMs - EARLY_MS,
      endsWithinMs: patienceMs + SLACK_MS,
    }),
  ],
  ['at once', () => ({ failsAfterMs: 0, endsWithinMs: AT_ONCE_MS })],
]);

/** What `word` allows to a call; a word that the column does not have is a fault of the table. */
export function limitsOf(word: string, patienceMs: number): Limits {
  const limits = BOUNDS.get(word);
  if (limits === undefined)
    throw new Error(`no such bound: ${word}; it is ${[...BOUNDS.keys()].join(' or ')}`);
  return limits({ patienceMs });
}
