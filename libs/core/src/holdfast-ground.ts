/** What an instance stands on: stores, and the connections under them. */
import type { ReplicaTrouble } from './health.js';
import type { JobStore } from './jobs/job-store.js';
import type { PreferenceStore } from './leader/preference-store.js';
import type { LatchStore } from './latch/latch-store.js';
import type { CardStore } from './lease/card-store.js';
import type { LimitStore } from './limiter/limit-store.js';
import type { LeaseStore } from './lease/lease-store.js';
import type { StoreError } from './lease/store-error.js';
import type { OnceStore } from './once/once-store.js';
import type { QuotaStore } from './quota/quota-store.js';
import type { ScriptHost } from './redis/script-host.js';
import type { ScriptStore } from './scripts/script-store.js';
import type { PermitStore } from './semaphore/permit-store.js';

/** Where the connections lead to. */
export type GroundHost = Pick<ScriptHost, 'clock' | 'label' | 'trouble' | 'whenUp' | 'findings' | 'close'>;

/** The stores of an instance, and the connections under them. */
export interface Ground {
  readonly host: GroundHost;
  readonly store: LeaseStore;
  /** Of those who hold a lock to read. Why nobody can, where that cannot be kept. */
  readonly readers: LeaseStore | string;
  /** Why there are no semaphores, where their permits cannot be kept. */
  readonly permits: PermitStore | string;
  /** Why there are no limiters, where nobody can count for them. */
  readonly limits: LimitStore | string;
  /** Why there are no quotas, where nobody can keep their counters. */
  readonly quotas: QuotaStore | string;
  /** Why nothing can be done once, where nobody can remember it. */
  readonly outcomes: OnceStore | string;
  /** Why there are no latches, where nobody can count for them. */
  readonly arrivals: LatchStore | string;
  /** Why no scripts of users run, where none can. */
  readonly scripts: ScriptStore | string;
  readonly cards: CardStore;
  /** Why there are no jobs, where they cannot be kept. */
  readonly jobs: JobStore | string;
  /** Why no candidate can be preferred, where that cannot be kept. */
  readonly preferences: PreferenceStore | string;
  /** Listens for what is pushed to this process. */
  listen(processId: string): Promise<void>;
  /** Which servers do not answer within `limitMs`, although enough do; or why too few do. Never rejects. */
  missing(processId: string, limitMs: number): Promise<readonly string[] | StoreError>;
  /** What there is to say, within `limitMs`, of the replicas that grants wait for. Never rejects. */
  replicas(limitMs: number): Promise<ReplicaTrouble | undefined>;
}
