/**
 * Asks the replicas: behind the calls of a tick that count only when enough of them have what was written goes one WAIT, in
 * the same write. It blocks its connection, so what is called meanwhile is held back and goes together, with the next WAIT.
 *
 * An answer counts on the connection of its request only: a new primary says of a WAIT that was sent again that all is
 * well, although it never had the lock. Where the server knows no WAIT or does not allow it, nothing is asked.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Redis } from 'ioredis';
import { notReplicated, type StoreError } from '../lease/store-error.js';
import type { CallOrder } from './call-order.js';
import { asCallError, isServerReply } from './ioredis-outcomes.js';
import type { Replication, ReplicationState } from './script-host.js';
import type { WantedReplicas } from './wanted-replicas.js';

/** Of the connection that is asked on. */
export interface WaitedConnection {
  readonly order: CallOrder;
  /** Number of the connection of now. */
  readonly epoch: () => number;
  readonly report: (message: string) => void;
}

/** How the server can be asked: `WAITAOF` for what is on disk, `WAIT`, or not at all. */
type Means = 'WAITAOF' | 'WAIT' | 'none';

export class ReplicaWait implements Replication {
  readonly #client: Redis;
  readonly #wanted: WantedReplicas;
  readonly #connection: WaitedConnection;
  /** It asks from here: not in the context of whichever request came first. */
  readonly #root = new AsyncResource('HoldfastReplicas');
  #means: Means = 'WAIT';
  #told = false;
  #next: Promise<StoreError | undefined> | undefined;

  constructor(client: Redis, wanted: WantedReplicas, connection: WaitedConnection) {
    this.#client = client;
    this.#wanted = wanted;
    this.#connection = connection;
  }

  async state(): Promise<ReplicationState> {
    const unreplicated = await this.ask();
    if (this.#means === 'none') return 'not-asked';
    return unreplicated === undefined ? 'acknowledged' : 'too-few';
  }

  /** Finds out on a new connection how it can be asked. Never rejects. */
  async connected(): Promise<void> {
    const disks = this.#wanted.fsynced && (await this.#isAllowed('WAITAOF', 1, 0, 1));
    this.#means = disks ? 'WAITAOF' : (await this.#isAllowed('WAIT', 0, 1)) ? 'WAIT' : 'none';
    const wished: Means = this.#wanted.fsynced ? 'WAITAOF' : 'WAIT';
    if (this.#means !== wished && !this.#told)
      this.#connection.report(
        `the server does not take ${wished}: ` +
          (this.#means === 'none'
            ? 'grants count without replicas'
            : 'replicas count before they have written to disk'),
      );
    this.#told = this.#means !== wished;
  }

  /** Asks behind what is written in this tick. Resolves to why it does not count, or to nothing; never rejects. */
  ask(): Promise<StoreError | undefined> {
    this.#next ??= this.#means === 'none' ? Promise.resolve(undefined) : this.#askBehindThisTick();
    return this.#next;
  }

  #askBehindThisTick(): Promise<StoreError | undefined> {
    const { stream } = this.#client;
    stream?.cork();
    return new Promise((resolve) => {
      this.#root.runInAsyncScope(process.nextTick, process, () => {
        this.#next = undefined;
        resolve(this.#ask());
        stream?.uncork();
      });
    });
  }

  async #ask(): Promise<StoreError | undefined> {
    const { count: wanted, withinMs } = this.#wanted;
    if (wanted === undefined) return notReplicated('How many replicas there are is not known yet');
    const { order, epoch } = this.#connection;
    const number = order.blocking();
    const asked = epoch();
    const disks = this.#means === 'WAITAOF';
    const call = disks
      ? this.#client.call('WAITAOF', 1, wanted, withinMs)
      : this.#client.call('WAIT', wanted, withinMs);
    const had = await call.catch((error: unknown) => asCallError(error, this.#means));
    // Recorded when it arrives: what came over another connection is about another server, perhaps.
    const isOfConnection = epoch() === asked;
    order.over(number);
    if (had instanceof Error) return notReplicated(had.message);
    if (!isOfConnection) return notReplicated('The connection was lost before the replicas were heard');
    const count = acknowledged(had);
    return count >= wanted ? undefined : notReplicated(`${count} of ${wanted} replicas have it`);
  }

  /** A server that cannot do it now may later. A replica refuses as well, and is left soon. */
  #isAllowed(command: 'WAIT' | 'WAITAOF', ...args: number[]): Promise<boolean> {
    return this.#client.call(command, ...args).then(
      () => true,
      (error: unknown) =>
        !isServerReply(error) || /replica/.test(error.message) || !asCallError(error, command).permanent,
    );
  }
}

/** WAITAOF tells of the primary first; who has not written it to disk has nothing. */
function acknowledged(reply: unknown): number {
  if (typeof reply === 'number') return reply;
  if (!Array.isArray(reply)) return 0;
  const [local, replicas]: unknown[] = reply;
  return local === 1 && typeof replicas === 'number' ? replicas : 0;
}
