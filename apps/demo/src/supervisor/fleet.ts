/** All replicas: starts them, knows which of them can take an order, passes on what they say. */
import type { Author } from '../bookkeeping/entries.js';
import type { ReplicaNews, ReplicaSetup } from '../wire/news.js';
import type { Replica, StartReplica } from './replica.js';

export type FleetListener = (news: ReplicaNews, author: Pick<Author, 'replica' | 'life'>) => void;

export interface FleetPlan extends Omit<ReplicaSetup, 'author'> {
  readonly replicas: number;
  /** Their clocks are up to so much ahead or behind. */
  readonly skewMs: number;
}

export class Fleet {
  readonly #plan: FleetPlan;
  readonly #startReplica: StartReplica;
  readonly #listeners = new Set<FleetListener>();
  /** How far the clock of each is ahead, in every life the same. */
  readonly #clocks = new Map<string, number>();
  readonly #lives = new Map<string, number>();
  readonly #members = new Map<string, Replica>();
  /** Those that do not answer right now. */
  readonly #silent = new Set<Replica>();
  /** Replicas that ended without being asked to. */
  readonly collapses: string[] = [];
  #closing = false;

  constructor(plan: FleetPlan, startReplica: StartReplica) {
    this.#plan = plan;
    this.#startReplica = startReplica;
  }

  onNews(listener: FleetListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Starts all; rejects with the first that fails. */
  async start(): Promise<void> {
    const { replicas, skewMs } = this.#plan;
    for (let at = 0; at < replicas; at += 1)
      this.#clocks.set(`r${at + 1}`, clockOffsetMs(at, replicas, skewMs));
    const starts = await Promise.allSettled([...this.#clocks.keys()].map((name) => this.startLife(name)));
    for (const started of starts) if (started.status === 'rejected') throw started.reason;
  }

  /** Starts `name`, for the first time or again. */
  async startLife(name: string): Promise<Replica | undefined> {
    if (this.#closing) return undefined;
    const { replicas: _, skewMs: __, ...setup } = this.#plan;
    const life = (this.#lives.get(name) ?? 0) + 1;
    this.#lives.set(name, life);
    const author = { replica: name, life };
    const replica = await this.#startReplica(
      { ...setup, name, life, clockOffsetMs: this.#clocks.get(name) ?? 0 },
      {
        hear: (news) => this.#tell(news, author),
        ended: (how) => this.#collapsed(author, how),
      },
    );
    this.#members.set(name, replica);
    return replica;
  }

  find({ replica, life }: Pick<Author, 'replica' | 'life'>): Replica | undefined {
    const member = this.#members.get(replica);
    return member?.author.life === life ? member : undefined;
  }

  /** Somebody who can take an order. */
  anyone(): Replica | undefined {
    const able = [...this.#members.values()].filter((member) => !this.#silent.has(member));
    return able[Math.floor(Math.random() * able.length)];
  }

  setSilent(replica: Replica, silent: boolean): void {
    if (silent) this.#silent.add(replica);
    else this.#silent.delete(replica);
  }

  async kill(replica: Replica): Promise<void> {
    this.#members.delete(replica.author.replica);
    await replica.kill();
  }

  /** Ends everybody gently. */
  async stop(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#members.values()].map((member) => member.stop()));
  }

  #collapsed(author: Pick<Author, 'replica' | 'life'>, how: string): void {
    const text = `ended on its own: ${how}`;
    this.collapses.push(`${author.replica} ${text}`);
    if (this.find(author) !== undefined) this.#members.delete(author.replica);
    this.#tell({ type: 'log', text }, author);
  }

  #tell(news: ReplicaNews, author: Pick<Author, 'replica' | 'life'>): void {
    for (const listener of this.#listeners) listener(news, author);
  }
}

/** Spread evenly, from the first, which is behind, to the last, which is ahead. */
function clockOffsetMs(at: number, replicas: number, skewMs: number): number {
  return Math.round(-skewMs + (2 * skewMs * at) / Math.max(1, replicas - 1));
}
