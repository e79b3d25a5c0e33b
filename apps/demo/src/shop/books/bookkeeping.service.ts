import { currentLease, type JobRun } from '@holdfast/core';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { RunAuthor } from '../../bookkeeping/books.js';
import type { JobName, Order, RunMark } from '../../bookkeeping/entries.js';
import { tickAt } from '../../pace.js';
import { FreezePoint } from '../freeze-point.js';
import { ReplicaIdentity } from '../replica-identity.js';
import { BookRun, type Holding } from './book-run.js';
import { BooksConnection } from './books-connection.js';
import { NO_FENCE } from '../unguarded-run.js';

/** What the shop does in the books. */
@Injectable()
export class BookkeepingService {
  constructor(
    private readonly connection: BooksConnection,
    private readonly identity: ReplicaIdentity,
    private readonly freezePoint: FreezePoint,
  ) {}

  async acceptOrder(order: Order): Promise<void> {
    await this.connection.write('/orders', { ...order, ...this.identity.author });
  }

  async openCart(cartId: string): Promise<void> {
    await this.connection.write('/carts', { cartId, ...this.identity.author });
  }

  /** Runs `body` as a run of `job`, under the lease that the caller holds. Without one it has no fence to show. */
  async inRun(job: JobName, body: (run: BookRun) => Promise<void>): Promise<void> {
    const lease = currentLease();
    const about = { job, tick: tickAt(Date.now()), attempt: 1, fence: lease?.fence ?? null };
    await this.record(about, lease, body);
  }

  /** The same for a run of the job layer, which knows its tick. */
  async inJobRun(job: JobName, run: JobRun, body: (run: BookRun) => Promise<void>): Promise<void> {
    const { scheduledAt: tick, attempt } = run;
    const fence = run.fence === NO_FENCE ? null : run.fence;
    await this.record({ job, tick, attempt, fence }, run, body);
  }

  private async record(
    about: Omit<RunMark, 'runId'>,
    holding: Holding | undefined,
    body: (run: BookRun) => Promise<void>,
  ): Promise<void> {
    const mark: RunAuthor = { ...about, runId: randomUUID(), ...this.identity.author };
    await this.connection.write('/runs/start', mark);
    try {
      await body(new BookRun(mark, holding, { connection: this.connection, freezePoint: this.freezePoint }));
      await this.connection.write('/runs/finish', mark);
    } catch (error) {
      // The first error is the one to tell; a note that can't be delivered must not hide it.
      await this.connection.write('/runs/fail', { ...mark, reason: String(error) }).catch(() => undefined);
      throw error;
    }
  }
}
