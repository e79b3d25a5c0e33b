import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { ClusterCron, InjectLockService, JobService, LockService, type JobRun } from '@holdfast/nest';
import { describe, expect, it } from 'vitest';
import { always, eventually, within } from '../support/eventually.js';
import { Gate } from './support/gate.js';
import { LogLines, startApp, startReplica } from './support/test-app.js';

@Injectable()
class Books {
  readonly gate = new Gate();
  readonly runs: JobRun[] = [];
  ticks = 0;

  constructor(@InjectLockService() private readonly locks: LockService) {}

  @ClusterCron('0 0 1 1 *', { name: 'close-books', onCrash: 'rerun', ttl: '30s' })
  async close(run: JobRun): Promise<void> {
    this.runs.push(run);
    if (run.attempt === 1) await run.saveCheckpoint({ done: 7 });
    await this.gate.opened;
    await this.locks.run('ledger', { wait: 0 }, () => undefined);
  }

  @ClusterCron('* * * * * *', { name: 'tick' })
  tick(): void {
    this.ticks += 1;
  }
}

@Controller()
class Desk {
  constructor(@Inject(JobService) private readonly jobs: JobService) {}

  @Get('tick-now')
  async tickNow(): Promise<string> {
    return (await this.jobs.runNow('tick')).outcome;
  }
}

const SHOP = { providers: [Books], controllers: [Desk] };

/** An application in the middle of a run. */
async function inMidRun(options: Parameters<typeof startApp>[0] = {}) {
  const shop = await startApp({ ...SHOP, ...options });
  const [books, jobs] = [shop.app.get(Books), shop.app.get(JobService)];
  await eventually(async () => (await jobs.runNow('close-books')).outcome === 'started');
  const run = await eventually(() => books.runs[0]);
  await eventually(() => run.checkpoint !== undefined);
  return { shop, books, run };
}

async function historyOf(jobs: JobService): Promise<unknown[]> {
  const entries = await jobs.history('close-books');
  return entries.map((entry) => (entry.kind === 'run' ? [entry.outcome, entry.attempt] : entry.reason));
}

describe('while the application shuts down', () => {
  it('what runs may finish, nothing begins any more, and requests are served all the while', async () => {
    const { shop, books, run } = await inMidRun();
    await eventually(() => books.ticks > 0);
    const closing = shop.app.close();

    // From here on a run that is asked for is left to others.
    await eventually(async () => (await (await shop.fetch('/tick-now')).text()) === 'queued');
    const ticks = books.ticks;
    await always(() => books.ticks === ticks && !run.signal.aborted, 1_200);
    books.gate.open();
    await within(2_000, 'close()', closing);
    expect(await historyOf(shop.outsider.jobs)).toEqual([['ok', 1]]);
    expect(books.runs).toHaveLength(1);
    expect(books.ticks).toBe(ticks);
  });

  it('what does not finish within the grace goes on in another replica at once, from its checkpoint', async () => {
    const logger = new LogLines();
    const { shop, books, run } = await inMidRun({ logger, holdfast: { shutdown: { grace: '100ms' } } });
    const replica = await startReplica(shop, { ...SHOP, logger });
    const taker = replica.get(Books);
    taker.gate.open();

    const startedAt = performance.now();
    await within(2_000, 'close()', shop.app.close());
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
    const again = await eventually(() => taker.runs[0], { withinMs: 1_000 });
    expect(again).toMatchObject({ id: run.id, attempt: 2, checkpoint: { done: 7 } });
    expect(again.fence).toBeGreaterThan(run.fence);
    expect(logger.of('warn', '1 job(s) still running after a grace of 100 ms')).toHaveLength(1);

    expect(run.signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'closed' });
    await expect(run.saveCheckpoint({ done: 8 })).rejects.toMatchObject({ code: 'ERR_LOCK_LOST' });
    await eventually(async () => (await historyOf(shop.outsider.jobs)).length === 2);
    expect(await historyOf(shop.outsider.jobs)).toEqual([
      ['ok', 2],
      ['lost', 1],
    ]);
    books.gate.open();
  });

  it('another application with the same class goes on', async () => {
    const first = await startApp(SHOP);
    const second = await startReplica(first, SHOP);
    await first.app.close();
    const books = second.get(Books);
    const ticks = books.ticks;
    expect(await eventually(() => books.ticks > ticks + 1)).toBe(true);
  });
});
