import { WithLock } from '@holdfast/nest';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { CLOSING_CRON, tickAt } from '../../pace.js';
import { UnguardedRun } from '../unguarded-run.js';
import { CloseBooksJob } from './close-books.job.js';

/** `--unguarded`: the schedule that closes the books on every replica. Its lock is one of those that lock nothing. */
@Injectable()
export class UnguardedClosing {
  constructor(private readonly job: CloseBooksJob) {}

  @Cron(CLOSING_CRON)
  @WithLock({ name: 'close-books', whenBusy: 'skip' })
  async closeBooks(): Promise<void> {
    await this.job.closeBooks(new UnguardedRun('close-books', tickAt(Date.now())));
  }
}
