/** Core's events of jobs of one replica, as news for the supervisor. */
import { onJobEvent, type JobEvent, type JobService } from '@holdfast/core';
import { JOBS } from '../bookkeeping/entries.js';
import type { ReplicaNews, Tell } from '../wire/news.js';

const MOST_TOLD = 500;

/** Tells what becomes of the jobs of `replica` until the returned function is called. */
export function tellJobNews(replica: string, tell: Tell): () => void {
  return onJobEvent((event) => {
    // With --embedded all replicas share this process and its channel.
    const news = event.replica === replica ? newsOf(event) : undefined;
    if (news !== undefined) tell(news);
  });
}

/** Tells once more which ticks were left out: an event is lost with the answer that it comes from, the history is not. */
export async function tellSkippedTicks(jobs: JobService, tell: Tell): Promise<void> {
  for (const entry of await jobs.history('close-books', { most: MOST_TOLD })) {
    if (entry.kind !== 'skip') continue;
    tell({ type: 'tick-skipped', job: 'close-books', tick: entry.scheduledAt, reason: entry.reason });
  }
}

function newsOf(event: JobEvent): ReplicaNews | undefined {
  const job = JOBS.find((each) => each === event.job);
  if (job === undefined) return undefined;
  switch (event.type) {
    case 'run-started':
      return { type: 'granted', job, fence: event.fence };
    case 'run-ended':
      return event.outcome === 'lost'
        ? { type: 'lost', job, fence: event.fence, reason: 'another attempt takes its place' }
        : { type: 'released', job, fence: event.fence };
    case 'tick-skipped':
      return { type: 'tick-skipped', job, tick: event.scheduledAt, reason: event.reason };
    default:
      return undefined;
  }
}
