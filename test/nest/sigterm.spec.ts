import { createHoldfast } from '@holdfast/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { startChild, type Child } from '../support/child.js';
import { eventually, within } from '../support/eventually.js';
import { keysBelow } from '../support/keyspace.js';
import { uniqueNamespace } from '../support/namespace.js';
import { sharedRedisUrl } from '../support/shared-redis.js';
import { connected } from './support/test-app.js';

// A connection that is kept alive would keep the server from closing until the client lets go of it.
const CLOSING = { headers: { connection: 'close' } };

it('SIGTERM in mid-run: the run ends, a waiting replica takes over at once, requests still get their locks', async () => {
  // Everything has to hold each time; the clock only once, because other specs use the machine meanwhile.
  const delays: number[] = [];
  while (delays.length < 5 && !delays.some((delayMs) => delayMs < 50)) delays.push(await terminateInMidRun());
  expect(Math.min(...delays)).toBeLessThan(50);
});

/** Milliseconds from the end of the run to the takeover. */
async function terminateInMidRun(): Promise<number> {
  const namespace = uniqueNamespace();
  const replica = await createHoldfast({ ...connected(namespace), replica: 'waiting' });
  onTestFinished(() => replica.close(0));
  const office = startChild('test/nest/child/back-office.mjs', { args: [sharedRedisUrl(), namespace] });
  onTestFinished(async () => void (await office.kill()));
  const url = String((await office.message({ said: 'ready' }))['url']);

  const books = fetch(`${url}/close-books`, CLOSING);
  await office.message({ said: 'closing books' });
  const order = fetch(`${url}/order/7`, CLOSING);
  await office.message({ said: 'request arrived' });
  const takenOver = replica.locks.acquire('books').then((lease) => ({ lease, at: Date.now() }));
  await eventually(async () => (await replica.locks.inspect('books')).waiting === 1);

  process.kill(office.pid, 'SIGTERM');
  await office.message({ said: 'terminating' });
  office.send({ go: 'nightly' });
  await office.message({ said: 'nightly tick is over' });
  office.send({ go: 'request' });
  expect(await (await order).json()).toEqual({ id: '7', held: true });
  office.send({ go: 'books' });

  const { lease, at } = await within(5_000, 'the waiting replica', takenOver);
  const closed = await office.message({ said: 'books closed' });
  expect((await books).status).toBe(200);
  await expectCleanEnd(office, namespace);
  await lease.release();
  await replica.close(0);
  expect((await keysOf(namespace)).filter((key) => !key.endsWith(':fence'))).toEqual([]);
  return at - Number(closed['at']);
}

/** It ended by the signal, without a word of complaint, and only the replica here is left in Redis. */
async function expectCleanEnd(office: Child, namespace: string): Promise<void> {
  expect(await office.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(saidBy(office)).not.toContain('nightly ran');
  expect(office.stderr).toBe('');
  expect((await keysOf(namespace)).filter((key) => key.includes(':process:'))).toHaveLength(1);
}

function saidBy(child: Child): unknown[] {
  return child.messages.map((message) => message['said']);
}

async function keysOf(namespace: string): Promise<string[]> {
  const client = new Redis(sharedRedisUrl());
  try {
    return await keysBelow(client, `hf1:${namespace}:`);
  } finally {
    client.disconnect();
  }
}
