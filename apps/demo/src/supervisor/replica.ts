/** A replica as the supervisor sees it, whether it is a process or an app in this one. */
import type { Author } from '../bookkeeping/entries.js';
import type { ReplicaNews, ReplicaSetup } from '../wire/news.js';

export interface Replica {
  readonly author: Author;
  /** Where the shop takes orders. */
  readonly url: string;
  /** Has it stop itself, with SIGSTOP, between its next check and its next write. */
  armFreeze(): void;
  /** Wakes it. */
  thaw(): void;
  /** SIGKILL, or what is nearest to it. */
  kill(): Promise<void>;
  /** Lets it end its work, with a bound; never rejects. */
  stop(): Promise<void>;
}

/** How a replica reports: news, and an end that nobody asked for. */
export interface ReplicaEars {
  hear(news: ReplicaNews): void;
  ended(how: string): void;
}

export interface ReplicaPlan extends Omit<ReplicaSetup, 'author'> {
  readonly name: string;
  readonly life: number;
  /** How far its clock is ahead; behind when negative. */
  readonly clockOffsetMs: number;
}

/** Starts a replica; resolves when it serves. */
export type StartReplica = (plan: ReplicaPlan, ears: ReplicaEars) => Promise<Replica>;
