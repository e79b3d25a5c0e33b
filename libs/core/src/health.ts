/** Whether this process can do its work: one question to the server, and a look at what its jobs owe. */
import { answerInTime } from './lease/answer-in-time.js';
import { StoreError, type StoreCondition } from './lease/store-error.js';
import type { JobService } from './jobs/job-service.js';
import type { Replication } from './redis/script-host.js';
import type { Clock } from './time/clock.js';
import { within } from './time/within.js';

/** A job of this process whose tick should have ended well by now. */
export interface OverdueJob {
  readonly job: string;
  /** When the tick was due, in milliseconds since 1970. */
  readonly since: number;
}

/** `too-few` replicas have what was written last, so nothing is granted; `not-asked`: the server does not take WAIT. */
export type ReplicaTrouble = 'too-few' | 'not-asked';

/** How this process is. Tell the cases apart by `status`. */
export type Health =
  | { readonly status: 'up'; readonly roundTripMs: number }
  /**
   * Redis answers, and jobs are overdue, servers of a quorum are missing although a majority is there, or it is not as it
   * should be with the replicas that `replicas` asks for: somebody should look, and no restart of this process helps.
   */
  | {
      readonly status: 'degraded';
      readonly roundTripMs: number;
      readonly overdue: readonly OverdueJob[];
      /** Servers of a quorum that do not answer, as messages call them; none where there is no quorum. */
      readonly missing: readonly string[];
      readonly replicas?: ReplicaTrouble;
    }
  /** Redis does not answer, or no majority of a quorum: nothing new is granted. */
  | { readonly status: 'down'; readonly condition: StoreCondition; readonly overdue: readonly OverdueJob[] };

/** What a look at the health needs. */
export interface HealthParts {
  /** Servers that are missed although enough are there, or why too few are; in time, and never rejects. */
  readonly missing: () => Promise<readonly string[] | StoreError>;
  /** What there is to say of the replicas that grants wait for; in time, and never rejects. */
  readonly replicas?: () => Promise<ReplicaTrouble | undefined>;
  readonly jobs: Pick<JobService, 'list'>;
  readonly clock: Clock;
}

/** Never rejects, and answers within the time of one attempt. */
export async function healthOf({ missing, replicas, jobs, clock }: HealthParts): Promise<Health> {
  const askedAt = clock.now();
  const [{ missed, roundTripMs }, trouble] = await Promise.all([
    missing().then((missed) => ({ missed, roundTripMs: clock.now() - askedAt })),
    replicas?.(),
  ]);
  const overdue = overdueIn(jobs);
  if (missed instanceof StoreError) return { status: 'down', condition: missed.condition, overdue };
  if (overdue.length === 0 && missed.length === 0 && trouble === undefined)
    return { status: 'up', roundTripMs };
  const degraded = { status: 'degraded', roundTripMs, overdue, missing: missed } as const;
  return trouble === undefined ? degraded : { ...degraded, replicas: trouble };
}

/** What is missing where a single store is all there is: nothing, or all of it. */
export async function missingOfOne(
  clock: Clock,
  limitMs: number,
  asked: Promise<unknown>,
): Promise<readonly string[] | StoreError> {
  const answer = await answerInTime(clock, limitMs, asked);
  return answer instanceof StoreError ? answer : [];
}

/** What there is to say of the replicas that grants wait for. Silence is no acknowledgement. */
export async function replicaTrouble(
  replicas: Replication | undefined,
  clock: Clock,
  limitMs: number,
): Promise<ReplicaTrouble | undefined> {
  if (replicas === undefined) return undefined;
  const state = (await within(clock, limitMs, replicas.state())) ?? 'too-few';
  return state === 'acknowledged' ? undefined : state;
}

function overdueIn(jobs: HealthParts['jobs']): readonly OverdueJob[] {
  return jobs
    .list()
    .flatMap(({ name, overdueSince }) =>
      overdueSince === undefined ? [] : [{ job: name, since: overdueSince }],
    );
}
