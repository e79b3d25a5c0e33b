import * as common from '@nestjs/common';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { startChild, type Child } from '../../support/child.js';
import { eventually } from '../../support/eventually.js';
import { keysBelow } from '../../support/keyspace.js';
import { keysOfLock } from '../../support/lock-keys.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';
import { closeCleanly, numberIn, startTaker } from '../../support/taker.js';

const AT_ONCE_MS = 50;
const ROUNDS = 3;

// A connection that is kept alive would keep the server from closing until the client lets go of it.
const CLOSING = { headers: { connection: 'close' } };

// The child runs on the Nest of this project; only Nest 12 has that pipe.
const NEST = 'StandardSchemaValidationPipe' in common ? 12 : 11;
const NEST_11 = ['--import', new URL('../../nest-11/load.mjs', import.meta.url).href];

it('SIGTERM in mid-run: the run ends, a replica has its lock within 50 ms, requests still get theirs', async () => {
  const delays: number[] = [];
  while (delays.length < ROUNDS) delays.push(await terminateInMidRun());
  console.log(`Nest ${NEST}: taken over after ${delays.map((delay) => delay.toFixed(1)).join(', ')} ms`);
  expect(Math.max(...delays)).toBeLessThanOrEqual(AT_ONCE_MS);
}, 60_000);

/** Milliseconds from the end of the run to the takeover, by the clock that both processes read for themselves. */
async function terminateInMidRun(): Promise<number> {
  const namespace = uniqueNamespace();
  const client = new Redis(sharedRedisUrl());
  onTestFinished(() => client.disconnect());
  const replica = await startTaker({ url: sharedRedisUrl(), namespace, replica: 'waiting' });
  const office = await startOffice(namespace);
  const url = String((await office.message({ said: 'ready', nest: NEST }))['url']);

  const books = fetch(`${url}/close-books`, CLOSING);
  await office.message({ said: 'closing books' });
  const order = fetch(`${url}/order/7`, CLOSING);
  await office.message({ said: 'request arrived' });
  replica.send({ do: 'acquire', id: 'next', name: 'books', options: { ttl: 30_000, wait: 60_000 } });
  await eventually(() => client.zcard(keysOfLock(namespace, 'books').queue));

  process.kill(office.pid, 'SIGTERM');
  await office.message({ said: 'terminating' });
  office.send({ go: 'nightly' });
  await office.message({ said: 'nightly tick is over' });
  office.send({ go: 'request' });
  expect(await (await order).json()).toEqual({ id: '7', held: true });
  expect(replica.messages).not.toContainEqual(expect.objectContaining({ event: 'granted' }));
  office.send({ go: 'books' });

  const granted = await replica.message({ event: 'granted', id: 'next' });
  const closed = await office.message({ said: 'books closed' });
  expect((await books).status).toBe(200);
  await expectCleanEnd(office, client, namespace);
  replica.send({ do: 'release', id: 'next' });
  await closeCleanly(replica);
  expect((await keysOf(client, namespace)).filter((key) => !key.endsWith(':fence'))).toEqual([]);
  return numberIn(granted, 'at') - numberIn(closed, 'at');
}

async function startOffice(namespace: string): Promise<Child> {
  const office = startChild('test/nest/child/back-office.mjs', {
    args: [sharedRedisUrl(), namespace],
    execArgv: NEST === 11 ? NEST_11 : [],
  });
  onTestFinished(async () => void (await office.kill()));
  return office;
}

/** It ended by the signal, without a word of complaint, and only the other replica is left in Redis. */
async function expectCleanEnd(office: Child, client: Redis, namespace: string): Promise<void> {
  expect(await office.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(office.messages.map((message) => message['said'])).not.toContain('nightly ran');
  expect(office.stderr).toBe('');
  expect((await keysOf(client, namespace)).filter((key) => key.includes(':process:'))).toHaveLength(2);
}

function keysOf(client: Redis, namespace: string): Promise<string[]> {
  return keysBelow(client, `hf1:${namespace}:`);
}
