/** Finds locks that are declared `fenced` and whose holders send no fence along: a fence that nobody reads protects nothing. */

/** A lease that is about to end. */
export interface EndingLease {
  readonly lockName: string;
  readonly fenceWasRead: boolean;
  readonly terms: { readonly fenced?: boolean };
}

export class UnreadFences {
  readonly #told = new Set<string>();
  readonly #log: (level: 'warn', message: string) => void;

  constructor(log: (level: 'warn', message: string) => void) {
    this.#log = log;
  }

  /** Tells it once for each name, of which there are few. */
  ending({ lockName, fenceWasRead, terms }: EndingLease): void {
    if (terms.fenced !== true || fenceWasRead || this.#told.has(lockName)) return;
    this.#told.add(lockName);
    this.#log(
      'warn',
      `Lock "${lockName}" is declared fenced and nobody read lease.fence: send it along with each write, ` +
        'and let the resource refuse a lower one',
    );
  }
}
