/** Whether this process can do its work: one question to the server, and a look at what its jobs owe. */
import { answerInTime } from './lease/answer-in-time.js';
import type { CardStore } from './lease/card-store.js';
import { StoreError, type StoreCondition } from './lease/store-error.js';
import type { JobService } from './jobs/job-service.js';
import type { Replication, ScriptHost } from './redis/script-host.js';
import type { Clock } from './time/clock.js';
import { within } from './time/within.js';

/** A job of this process whose tick should have ended well by now. */
export interface OverdueJob {
  readonly job: string;
  /** When the tick was due, in milliseconds since 1970. */
  readonly since: number;
}

/** How this process is. Tell the cases apart by `status`. */
export type Health =
  | { readonly status: 'up'; readonly roundTripMs: number }
  /**
   * Redis answers, and jobs are overdue, or it is not as it should be with the replicas that `replicas` asks for: somebody
   * should look, and no restart of this process helps.
   */
  | {
      readonly status: 'degraded';
      readonly roundTripMs: number;
      readonly overdue: readonly OverdueJob[];
      /** `too-few` have what was written last, so nothing is granted; `not-asked`: the server does not take WAIT. */
      readonly replicas?: 'too-few' | 'not-asked';
    }
  /** Redis does not answer: nothing new is granted. */
  | { readonly status: 'down'; readonly condition: StoreCondition; readonly overdue: readonly OverdueJob[] };

/** What a look at the health needs. */
export interface HealthParts {
  readonly cards: Pick<CardStore, 'lookUp'>;
  readonly jobs: Pick<JobService, 'list'>;
  /** Where leases are kept. */
  readonly leases: Pick<ScriptHost, 'trouble' | 'replicas'>;
  readonly clock: Clock;
  readonly processId: string;
  readonly attemptTimeoutMs: number;
}

/** Never rejects, and answers within the time of one attempt. */
export async function healthOf(parts: HealthParts): Promise<Health> {
  const { cards, jobs, leases, clock, processId, attemptTimeoutMs } = parts;
  const askedAt = clock.now();
  const roundTrip = cards.lookUp(processId).then(() => clock.now() - askedAt);
  const [answer, replicas] = await Promise.all([
    answerInTime(clock, attemptTimeoutMs, roundTrip),
    troubleWithReplicas(leases.replicas, parts),
  ]);
  const overdue = overdueIn(jobs);
  if (answer instanceof StoreError) return { status: 'down', condition: answer.condition, overdue };
  if (leases.trouble !== undefined) return { status: 'down', condition: leases.trouble.condition, overdue };
  const roundTripMs = answer.value;
  if (replicas !== undefined) return { status: 'degraded', roundTripMs, overdue, replicas };
  return overdue.length > 0 ? { status: 'degraded', roundTripMs, overdue } : { status: 'up', roundTripMs };
}

/** Silence is no acknowledgement. */
async function troubleWithReplicas(
  replicas: Replication | undefined,
  { clock, attemptTimeoutMs }: Pick<HealthParts, 'clock' | 'attemptTimeoutMs'>,
): Promise<'too-few' | 'not-asked' | undefined> {
  if (replicas === undefined) return undefined;
  const state = (await within(clock, attemptTimeoutMs, replicas.state())) ?? 'too-few';
  return state === 'acknowledged' ? undefined : state;
}

function overdueIn(jobs: HealthParts['jobs']): readonly OverdueJob[] {
  return jobs
    .list()
    .flatMap(({ name, overdueSince }) =>
      overdueSince === undefined ? [] : [{ job: name, since: overdueSince }],
    );
}
