/** What the keys of one thing are called: the names that scripts bind them to. */

/** The keys of one lease. */
export interface LeaseKeys {
  readonly lock: string;
  readonly fence: string;
  readonly queue: string;
}

/** The keys of a lock that some may read under. */
export interface ReaderKeys extends LeaseKeys {
  readonly readers: string;
}

/** The keys of something that is done once. */
export interface OnceKeys extends LeaseKeys {
  readonly outcome: string;
}

/** The keys of one semaphore. */
export interface PermitKeys {
  readonly permits: string;
  readonly holds: string;
  readonly fence: string;
  readonly queue: string;
  readonly size: string;
}

/** The keys of one latch or barrier. */
export interface LatchKeys {
  readonly arrived: string;
  readonly passed: string;
  readonly waiting: string;
}

/** The keys of one account of a quota. */
export interface QuotaKeys {
  readonly counters: string;
  readonly reserved: string;
  readonly amounts: string;
  readonly settled: string;
}

/** The keys of one job. */
export interface JobKeys {
  readonly job: string;
  readonly ticks: string;
  readonly running: string;
  readonly runs: string;
  readonly minted: string;
  readonly history: string;
  readonly skips: string;
}

/** The keys of what processes say about themselves. */
export interface CardKeys {
  readonly cards: string;
  readonly heard: string;
}
