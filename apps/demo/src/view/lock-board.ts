/** Who holds what, since when, with which fence: from what replicas tell about their leases. */
import { lifeOf, JOBS, type Author, type JobName } from '../bookkeeping/entries.js';
import type { ReplicaNews } from '../wire/news.js';

interface Holding {
  readonly holder: string;
  readonly fence: number;
  readonly sinceMs: number;
}

export class LockBoard {
  readonly #holdings = new Map<JobName, Holding>();
  readonly #last = new Map<JobName, string>();

  hear(news: ReplicaNews, author: Pick<Author, 'replica' | 'life'>): void {
    if (news.type === 'granted') {
      const holder = lifeOf(author);
      this.#holdings.set(news.job, { holder, fence: news.fence, sinceMs: Date.now() });
      this.#last.set(news.job, holder);
    } else if (news.type === 'released' || news.type === 'lost') {
      // A frozen replica tells late: by then the lock may be somebody else's.
      if (this.#holdings.get(news.job)?.fence === news.fence) this.#holdings.delete(news.job);
    }
  }

  /** One line a lock. */
  lines(now: number): string[] {
    return JOBS.map((job) => {
      const holding = this.#holdings.get(job);
      if (holding === undefined)
        return `  ${job.padEnd(16)} free            last held by ${this.#last.get(job) ?? 'nobody'}`;
      const since = `${((now - holding.sinceMs) / 1_000).toFixed(1)} s`;
      return `  ${job.padEnd(16)} held by ${holding.holder.padEnd(6)} since ${since.padEnd(6)} fence ${holding.fence}`;
    });
  }
}
