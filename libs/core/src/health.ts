/** Whether this process can do its work: one question to the server, and a look at what its jobs owe. */
import { answerInTime } from './lease/answer-in-time.js';
import type { CardStore } from './lease/card-store.js';
import { StoreError, type StoreCondition } from './lease/store-error.js';
import type { JobService } from './jobs/job-service.js';
import type { Clock } from './time/clock.js';

/** A job of this process whose tick should have ended well by now. */
export interface OverdueJob {
  readonly job: string;
  /** When the tick was due, in milliseconds since 1970. */
  readonly since: number;
}

/** How this process is. Tell the cases apart by `status`. */
export type Health =
  | { readonly status: 'up'; readonly roundTripMs: number }
  /** Redis answers, and jobs are overdue: somebody should look, and no restart of this process helps. */
  | { readonly status: 'degraded'; readonly roundTripMs: number; readonly overdue: readonly OverdueJob[] }
  /** Redis does not answer: nothing new is granted. */
  | { readonly status: 'down'; readonly condition: StoreCondition; readonly overdue: readonly OverdueJob[] };

/** What a look at the health needs. */
export interface HealthParts {
  readonly cards: Pick<CardStore, 'lookUp'>;
  readonly jobs: Pick<JobService, 'list'>;
  readonly clock: Clock;
  readonly processId: string;
  readonly attemptTimeoutMs: number;
}

/** Never rejects, and answers within the time of one attempt. */
export async function healthOf(parts: HealthParts): Promise<Health> {
  const { cards, jobs, clock, processId, attemptTimeoutMs } = parts;
  const askedAt = clock.now();
  const answer = await answerInTime(clock, attemptTimeoutMs, cards.lookUp(processId));
  const overdue = overdueIn(jobs);
  if (answer instanceof StoreError) return { status: 'down', condition: answer.condition, overdue };
  const roundTripMs = clock.now() - askedAt;
  return overdue.length > 0 ? { status: 'degraded', roundTripMs, overdue } : { status: 'up', roundTripMs };
}

function overdueIn(jobs: HealthParts['jobs']): readonly OverdueJob[] {
  return jobs
    .list()
    .flatMap(({ name, overdueSince }) =>
      overdueSince === undefined ? [] : [{ job: name, since: overdueSince }],
    );
}
