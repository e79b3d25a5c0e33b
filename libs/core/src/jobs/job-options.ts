/** What can be said about a job. Checked as a whole: one error lists every fault. */
import type { Duration } from '../time/duration.js';

/** What happens when a tick is due while a run of before is not over. */
export type OverlapPolicy = 'skip' | 'queue-one' | 'cancel-previous' | 'allow';

/** What happens to ticks that nobody claimed in time, because no process was there or Redis was away. */
export type MissedPolicy = 'skip' | 'last' | 'all';

/** What happens to a run whose process died: it is written down as lost, or another process tries again. */
export type CrashPolicy = 'record' | 'rerun';

/** How often a body that fails is begun again by the same process, under the same lease. */
export interface JobRetry {
  /** How often in all. @defaultValue 1 */
  readonly tries?: number;
  /** Before the second try; doubles with each. @defaultValue '1s' */
  readonly backoff?: Duration;
}

/** How much is remembered. */
export interface JobHistoryOptions {
  /** How many runs, and as many skips. @defaultValue 500 */
  readonly keep?: number;
  /** How long after anything happened to the job. @defaultValue '30d' */
  readonly keepFor?: Duration;
}

export interface JobOptions {
  /** Stable and the same in every version of the application: the job is known by it. At most 512 bytes. */
  readonly name: string;
  /** Five fields, or six with seconds in front. Without it the job runs only when somebody asks for it. */
  readonly cron?: string;
  /** An IANA zone such as `Europe/Berlin`; never the machine's own. @defaultValue 'UTC' */
  readonly timeZone?: string;
  /** @defaultValue 'skip' */
  readonly overlap?: OverlapPolicy;
  /** @defaultValue 'skip' */
  readonly missed?: MissedPolicy;
  /** How late a tick may be and still be on time. @defaultValue half of the shortest period, 10 s at most */
  readonly lateness?: Duration;
  /** How long a missed tick is worth running. @defaultValue '1h' */
  readonly catchUp?: Duration;
  /** @defaultValue 'record' */
  readonly onCrash?: CrashPolicy;
  /** How often a run may begin in all with `onCrash: 'rerun'`. @defaultValue 3 */
  readonly attempts?: number;
  /** After so long the signal aborts, the run counts as failed, and the next one may begin. @defaultValue none */
  readonly timeout?: Duration;
  readonly retry?: JobRetry;
  /**
   * When a tick has not ended well so long after it was due, the job is overdue: an event, a line in the log, and health
   * that is degraded, until one does. @defaultValue the shortest period, a minute at least
   */
  readonly overdueAfter?: Duration;
  /** Each tick starts up to so much later, the same for every process. @defaultValue 0 */
  readonly jitter?: Duration;
  /** How long a dead process keeps the job. @defaultValue '30s' */
  readonly ttl?: Duration;
  /** The higher one holds where versions of the application disagree. @defaultValue the one that was registered last */
  readonly version?: number;
  readonly history?: JobHistoryOptions;
  /** Makes what is kept of an error, of which the first 500 characters stay. @defaultValue its name and message */
  readonly describeError?: (error: unknown) => string;
}
