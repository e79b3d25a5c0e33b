/** A library, used as its own manual says. */

/** What stands in the body of the section: writes and a pause, again and again. The user brings the check. */
export interface Work {
  /**
   * Before each write it calls `check`, which throws when the library has told that the lock is lost; until the
   * work is told to end, or for so many `steps`. `fence` goes with each write.
   */
  untilDone(
    check: () => unknown,
    terms?: { readonly fence?: number; readonly steps?: number },
  ): Promise<void>;
  /** How many steps fit into so many milliseconds. */
  stepsIn(ms: number): number;
}

export interface Session {
  /** Does the work under the lock. Settles when the library gives the call back. */
  run(key: string, work: Work): Promise<unknown>;
}

export interface Place {
  /** Of the proxy in front of Redis. */
  readonly port: number;
  readonly ttlMs: number;
  /** How long a busy lock is waited for, where the library asks for a time. */
  readonly patienceMs: number;
}

export interface User {
  readonly name: string;
  /** The package in bench/package.json. */
  readonly package: string;
  /** The call, for the report. */
  readonly about: string;
  /** Where that is documented, and which settings are not the defaults. */
  readonly documented: string;
  /** How the lock is spelled in Redis. */
  lockKeyOf(key: string): string;
  connect(place: Place): Promise<Session>;
}
