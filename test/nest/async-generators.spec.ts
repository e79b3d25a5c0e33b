import { Injectable } from '@nestjs/common';
import { currentLease, LeaseLostError, LockBusyError, WithLock } from '@holdfast/nest';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { loseLock } from './support/lose-lock.js';
import { LogLines, startApp, type TestApp } from './support/test-app.js';

@Injectable()
class Rows {
  readonly seen: string[] = [];

  @WithLock({ name: 'rows', wait: 0, ttl: '300ms' })
  async *read(count = 3): AsyncGenerator<number, string, number | undefined> {
    try {
      for (let row = 1; row <= count; row += 1) {
        const answer = yield row;
        this.seen.push(`${row}:${currentLease()?.lockName}:${answer}`);
      }
      return 'all';
    } finally {
      this.seen.push('cleaned up');
    }
  }

  @WithLock({ name: 'rows', whenBusy: 'skip' })
  async *skipped(): AsyncGenerator<number> {
    yield 1;
  }

  @WithLock({ name: 'rows', wait: '10s' })
  async *waiting(): AsyncGenerator<number> {
    yield 1;
  }

  @WithLock({ name: 'rows', ttl: '300ms', wait: 0, whenLost: 'report' })
  async *reporting(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }

  @WithLock({ name: 'rows', wait: 0, holdAtMost: '50ms' })
  async *endless(): AsyncGenerator<number> {
    for (let row = 1; ; row += 1) yield row;
  }

  @WithLock({ name: 'rows', wait: 0, holdAtMost: '50ms', whenLost: 'report' })
  async *endlessReporting(): AsyncGenerator<number> {
    for (let row = 1; ; row += 1) yield row;
  }

  @WithLock({ name: 'rows', wait: 0 })
  async *failing(): AsyncGenerator<number> {
    yield 1;
    throw new RangeError('no more rows');
  }

  @WithLock({ name: 'rows', wait: 0 })
  async later(): Promise<AsyncGenerator<number>> {
    return numbers();
  }

  @WithLock({ name: 'rows', wait: 0, returns: 'async-iterable' })
  told(): AsyncIterable<number> {
    return numbers();
  }
}

async function* numbers(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

describe('an async generator', () => {
  let shop: TestApp;
  let rows: Rows;
  const log = new LogLines();
  const held = async (): Promise<boolean> => (await shop.outsider.locks.inspect('rows')).held;

  beforeEach(async () => {
    shop = await startApp({ providers: [Rows], logger: log });
    rows = shop.app.get(Rows);
  });

  it('holds from the first next() to its end, with the lease around all of its code', async () => {
    const reading = rows.read(2);
    expect(await held()).toBe(false);
    expect(await reading.next()).toEqual({ done: false, value: 1 });
    expect(await held()).toBe(true);
    expect(await reading.next(10)).toEqual({ done: false, value: 2 });
    expect(await reading.next(20)).toEqual({ done: true, value: 'all' });
    expect(await held()).toBe(false);
    expect(rows.seen).toEqual(['1:rows:10', '2:rows:20', 'cleaned up']);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  it('gives the lock back when a loop breaks off, after its own clean-up', async () => {
    for await (const row of rows.read()) {
      expect(await held()).toBe(true);
      if (row === 1) break;
    }
    expect(rows.seen).toEqual(['cleaned up']);
    expect(await held()).toBe(false);
  });

  it('takes no lock when it is returned or thrown into before it began', async () => {
    expect(await rows.read().return('early')).toEqual({ done: true, value: 'early' });
    const thrown = rows.read();
    await expect(thrown.throw(new RangeError('stop'))).rejects.toThrow('stop');
    expect(await thrown.next()).toEqual({ done: true, value: undefined });
    expect((await shop.outsider.locks.inspect('rows')).lastFence).toBe(0);
  });

  it('gives the lock back when it throws or is thrown into', async () => {
    await expect(readAll(rows.failing())).rejects.toThrow('no more rows');
    expect(await held()).toBe(false);
    const reading = rows.read();
    await reading.next();
    await expect(reading.throw(new RangeError('stop'))).rejects.toThrow('stop');
    expect(rows.seen).toEqual(['cleaned up']);
    expect(await held()).toBe(false);
  });

  it('is kept out while somebody else holds, or done at once when it skips', async () => {
    await using _lease = await shop.outsider.locks.acquire('rows');
    await expect(rows.read().next()).rejects.toThrow(LockBusyError);
    expect(await readAll(rows.skipped())).toEqual([]);
  });

  it('leaves the line when it is returned while waiting', async () => {
    const lease = await shop.outsider.locks.acquire('rows');
    const reading = rows.waiting();
    const first = reading.next().catch((error: unknown) => error);
    await eventually(async () => (await shop.outsider.locks.inspect('rows')).waiting === 1);
    expect(await reading.return('enough')).toEqual({ done: true, value: 'enough' });
    expect(await first).toMatchObject({ code: 'ERR_LOCK_ABORTED' });
    await lease.release();
    expect(await held()).toBe(false);
  });

  it('cleans up and fails at the next step after the lease was lost', async () => {
    const reading = rows.read();
    await reading.next();
    const lostSoFar = log.of('error', 'was lost').length;
    await loseLock(shop.namespace, 'rows');
    await eventually(() => log.of('error', 'was lost').length > lostSoFar);
    await expect(reading.next()).rejects.toThrow(LeaseLostError);
    expect(rows.seen).toEqual(['cleaned up']);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  it("goes on after a loss with whenLost: 'report'", async () => {
    const reading = rows.reporting();
    await reading.next();
    const lostSoFar = log.of('error', 'was lost').length;
    await loseLock(shop.namespace, 'rows');
    await eventually(() => log.of('error', 'was lost').length > lostSoFar);
    expect(await reading.next()).toEqual({ done: false, value: 2 });
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  it.each(['endless', 'endlessReporting'] as const)(
    'fails at the next step after holdAtMost ended it: %s',
    async (method) => {
      const reading = rows[method]();
      await reading.next();
      await eventually(async () => !(await held()));
      await expect(reading.next()).rejects.toMatchObject({ code: 'ERR_LOCK_HOLD_LIMIT' });
    },
  );

  it('is disposed of by await using', async () => {
    {
      await using reading = rows.read();
      await reading.next();
      expect(await held()).toBe(true);
    }
    expect(await held()).toBe(false);
  });

  it('out of a promise runs under a lock of its own', async () => {
    const reading = await rows.later();
    expect(await held()).toBe(false);
    await reading.next();
    expect(await held()).toBe(true);
    expect(await readAll(reading)).toEqual([2]);
    expect(await held()).toBe(false);
  });

  it("may be any iterable with returns: 'async-iterable'", async () => {
    expect(await readAll(rows.told())).toEqual([1, 2]);
  });
});

async function readAll(rows: AsyncIterable<number>): Promise<number[]> {
  const read: number[] = [];
  for await (const row of rows) read.push(row);
  return read;
}
