/** Core's lease events of one replica, as news for the supervisor. */
import { onLeaseEvent, type LeaseEvent } from '@holdfast/core';
import { JOBS } from '../bookkeeping/entries.js';
import { tickAt } from '../pace.js';
import type { ReplicaNews, Tell } from '../wire/news.js';

/** Tells what happens to the leases of `replica` until the returned function is called. */
export function tellLeaseNews(replica: string, tell: Tell): () => void {
  return onLeaseEvent((event) => {
    // With --embedded all replicas share this process and its channel.
    const news = event.replica === replica ? newsOf(event) : undefined;
    if (news !== undefined) tell(news);
  });
}

function newsOf(event: LeaseEvent): ReplicaNews | undefined {
  const job = JOBS.find((each) => each === event.lockName);
  if (job === undefined) return undefined;
  switch (event.type) {
    case 'granted':
    case 'released':
      return { type: event.type, job, fence: event.fence };
    case 'lost':
      return { type: 'lost', job, fence: event.fence, reason: event.reason };
    case 'busy':
      return { type: 'skipped', job, tick: tickAt(Date.now()) };
    case 'unavailable':
      return { type: 'unavailable', job, reason: event.condition };
    default:
      return undefined;
  }
}
