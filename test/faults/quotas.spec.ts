/** A flash sale whose buyers are killed between reserving and paying: all is sold, once, and to nobody twice. */
import { createHoldfast } from '@holdfast/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeCleanly, numberIn, startTaker } from '../support/taker.js';

const PROCESSES = 8;
const KILLED = 4;
const STOCK = rounds(200, 1_000);
const BUYERS = 3 * STOCK;
/** Of all processes that are left together, at least. */
const ATTEMPTS = rounds(8_000, 100_000);
const TTL_MS = 800;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

it('all of the stock is sold, never more, and one to each buyer', async () => {
  const namespace = uniqueNamespace();
  const holdfast = await createHoldfast({ connection: server.url, namespace, preflight: 'off' });
  const sale = holdfast.quotas.define('sale', {
    counters: { left: { most: STOCK, initial: STOCK }, sold: { most: STOCK } },
  });
  const redis = server.client();
  const open = (): ReturnType<typeof startTaker> => startTaker({ url: server.url, namespace });
  const takers = await Promise.all(Array.from({ length: PROCESSES }, open));
  const command = { do: 'buy', id: 'all', name: 'sale', stock: STOCK, from: 0, to: BUYERS, ttlMs: TTL_MS };
  // Every process speaks for all buyers, so that each of them tries in several at once.
  for (const taker of takers)
    taker.send({ ...command, atATime: 8, paysMs: 60, attempts: ATTEMPTS / (PROCESSES - KILLED) });

  const sums = new Set<number>();
  const look = async (): Promise<number> => {
    const { left, sold } = await sale.inspect();
    expect(left.value).toBeGreaterThanOrEqual(0);
    sums.add(left.value + sold.value);
    return sold.value;
  };
  for (const [at, doomed] of takers.slice(0, KILLED).entries()) {
    await eventually(async () => (await look()) >= ((at + 1) * STOCK) / 10, { withinMs: 60_000 });
    await doomed.kill('SIGKILL');
  }
  const survivors = takers.slice(KILLED);
  const told = await Promise.all(
    survivors.map((taker) => taker.message({ event: 'bought', id: 'all' }, 120_000)),
  );
  await eventually(async () => (await sale.inspect()).left.reservedDown === 0, {
    withinMs: 2 * TTL_MS + 5_000,
  });
  const { left, sold } = await sale.inspect();
  const buyers = await redis.zcard(`hf1:${namespace}:{#quota#sale}:settled`);
  const attempts = told.reduce((sum, one) => sum + numberIn(one, 'attempts'), 0);
  const late = told.reduce((sum, one) => sum + numberIn(one, 'late'), 0);
  console.log(
    `${sold.value} of ${STOCK} sold to ${buyers} buyers, ${attempts} attempts, ${late} paid too late`,
  );
  expect([...sums]).toEqual([STOCK]);
  expect([left.value, sold.value, buyers]).toEqual([0, STOCK, STOCK]);
  await Promise.all(survivors.map(closeCleanly));
  await holdfast.close();
}, 180_000);
