/** What becomes of `run()` in a holder that was frozen past its lease (see F02), and of a write that it had checked before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { p95 } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, take, type TakerOptions } from '../support/taker.js';

const TTL_MS = 400;
const FREEZES = 20;

let server: RedisServer;
let resource: RedisServer;
beforeAll(async () => {
  [server, resource] = await Promise.all([startRedis(), startRedis()]);
});
afterAll(() => Promise.all([server.stop(), resource.stop()]));

async function twoTakers(): Promise<[Child, Child, TakerOptions]> {
  const ledgerKey = uniqueNamespace();
  const options = {
    url: server.url,
    namespace: uniqueNamespace(),
    ledgerUrl: resource.url,
    ledgerKey,
    shutdownGrace: 0,
  };
  const [first, second] = await Promise.all([
    startTaker({ ...options, replica: 'first' }),
    startTaker({ ...options, replica: 'second' }),
  ]);
  return [first, second, options];
}

describe('a holder that was frozen past its lease', () => {
  it('rejects run() with a LeaseLostError that carries the result of the body', async () => {
    const [holder, contender] = await twoTakers();
    holder.send({ do: 'run', id: 'job', name: 'lock', options: { ttl: TTL_MS } });
    await holder.message({ event: 'granted', id: 'job' });
    holder.freeze();
    await take(contender, 'lock', { ttl: 10_000 });
    holder.thaw();
    const failed = await ask(
      holder,
      { do: 'finish', id: 'job', value: { invoices: 42 } },
      { event: 'failed', id: 'job' },
    );
    expect(failed).toMatchObject({
      name: 'LeaseLostError',
      code: 'ERR_LOCK_LOST',
      result: { invoices: 42 },
    });
    await Promise.all([holder, contender].map(closeCleanly));
  });

  it("rejects run() with the body's own error if it threw", async () => {
    const [holder, contender] = await twoTakers();
    holder.send({ do: 'run', id: 'job', name: 'lock', options: { ttl: TTL_MS } });
    await holder.message({ event: 'granted', id: 'job' });
    holder.freeze();
    await take(contender, 'lock', { ttl: 10_000 });
    holder.thaw();
    const failed = await ask(
      holder,
      { do: 'finish', id: 'job', throw: 'the printer is on fire' },
      { event: 'failed', id: 'job' },
    );
    expect(failed).toMatchObject({ name: 'Error', message: 'the printer is on fire' });
    await Promise.all([holder, contender].map(closeCleanly));
  });
});

/** Checks, is frozen, and writes after somebody else has: the write that no check can prevent. */
async function writeLate(holder: Child, contender: Child): Promise<{ late: unknown; gapMs: number }> {
  await take(holder, 'lock', { ttl: TTL_MS });
  await ask(holder, { do: 'write', id: 'lock', freeze: true }, { event: 'freezing' });
  const granted = await take(contender, 'lock', { ttl: 10_000 });
  const fresh = await ask(contender, { do: 'write', id: 'lock' }, { event: 'write' });
  expect(fresh).toMatchObject({ checked: true, accepted: true });
  const late = holder.nextMessage({ event: 'write' });
  holder.thaw();
  const write = await late;
  await ask(contender, { do: 'release', id: 'lock' }, { event: 'released' });
  await ask(holder, { do: 'release', id: 'lock' }, { event: 'released' });
  return { late: write, gapMs: numberIn(write, 'startedAt') - numberIn(granted, 'at') };
}

it('a write that was checked before the freeze and sent after it is refused by its fence, every time', async () => {
  const [holder, contender, options] = await twoTakers();
  const gaps: number[] = [];
  for (let round = 0; round < FREEZES; round += 1) {
    const { late, gapMs } = await writeLate(holder, contender);
    expect(late).toMatchObject({ checked: true, accepted: false });
    expect(gapMs, 'the stale write really started after the next grant').toBeGreaterThan(0);
    gaps.push(gapMs);
  }
  const journal = await resource.client().lrange(`${String(options.ledgerKey)}:journal`, 0, -1);
  const entries = journal.map((line) => line.split(' ').slice(0, 2).map(Number));
  const accepted = entries.filter(([ok]) => ok === 1).map(([, fence]) => fence);
  const refused = entries.length - accepted.length;
  expect({ refused, accepted: accepted.length }).toEqual({ refused: FREEZES, accepted: FREEZES });
  expect(accepted, 'no stale write was accepted').toEqual(accepted.toSorted((a, b) => Number(a) - Number(b)));
  console.log(
    `${refused} of ${FREEZES} late writes refused, started up to ${Math.round(p95(gaps))} ms too late`,
  );
  await Promise.all([holder, contender].map(closeCleanly));
}, 90_000);
