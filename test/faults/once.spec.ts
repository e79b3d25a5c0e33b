/** A hundred callers in five processes want the same thing done once; whoever is killed at it is taken over. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeCleanly, numberIn, startTakers } from '../support/taker.js';

const PROCESSES = 5;
const CALLERS = 20;
const TTL_MS = 500;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function ask(takesMs: number): Promise<{ takers: Child[]; namespace: string }> {
  const namespace = uniqueNamespace();
  const takers = await startTakers(PROCESSES, { url: server.url, namespace });
  for (const taker of takers)
    taker.send({ do: 'once', id: 'all', name: 'invoice', callers: CALLERS, ttlMs: TTL_MS, takesMs });
  return { takers, namespace };
}

const isDoing = ({ messages }: Child): boolean => messages.some(({ event }) => event === 'doing');

async function told(takers: readonly Child[]) {
  const all = await Promise.all(
    takers.map((taker) => taker.message({ event: 'done-once', id: 'all' }, 20_000)),
  );
  const results = all.flatMap(({ results: own }) => (Array.isArray(own) ? own.map(String) : []));
  return { results, runs: all.reduce((sum, one) => sum + numberIn(one, 'runs'), 0) };
}

it('it is done by one of them, and all get the same', async () => {
  const { takers } = await ask(200);
  const { results, runs } = await told(takers);
  expect([runs, results.length, new Set(results).size]).toEqual([1, PROCESSES * CALLERS, 1]);
  await Promise.all(takers.map(closeCleanly));
});

it('when the first is killed at it another one takes over, once, and one run is written down', async () => {
  const { takers, namespace } = await ask(1_000);
  const doomed = await eventually(() => takers.find(isDoing));
  await doomed.kill('SIGKILL');
  const survivors = takers.filter((taker) => taker !== doomed);
  const { results, runs } = await told(survivors);
  expect([runs, results.length, new Set(results).size]).toEqual([1, (PROCESSES - 1) * CALLERS, 1]);
  const outcome = await server.client().get(`hf1:${namespace}:{#once#invoice}:outcome`);
  expect(JSON.parse(outcome ?? '')).toMatchObject({ kind: 'value', value: JSON.parse(results[0] ?? '') });
  await Promise.all(survivors.map(closeCleanly));
});

it('when the first is frozen at it and comes back, it gets what the other one wrote down', async () => {
  const { takers } = await ask(1_000);
  const frozen = await eventually(() => takers.find(isDoing));
  frozen.freeze();
  const others = takers.filter((taker) => taker !== frozen);
  const { results, runs } = await told(others);
  frozen.thaw();
  const late = await told([frozen]);
  expect([runs, late.runs, new Set([...results, ...late.results]).size]).toEqual([1, 1, 1]);
  await Promise.all(takers.map(closeCleanly));
});
