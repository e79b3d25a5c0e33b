/** Many thousand operations in a process of their own leave nothing behind: no key, no timer, no listener, no memory. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Child, ChildMessage } from '../support/child.js';
import { startLockTaker } from '../support/lock-taker.js';
import { keysBelow } from '../support/keyspace.js';
import { machineMs } from '../support/machine-clock.js';
import { eventually } from '../support/eventually.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { numberIn } from '../support/taker.js';

const MEGABYTE = 1_048_576;

let server: RedisServer;
let namespace: string;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  namespace = uniqueNamespace();
});

function drill(
  name: 'aborts' | 'churn' | 'hold',
  count: number,
  options: { ttl?: number; timers?: boolean } = {},
): Child {
  const { ttl = 30_000, timers = false } = options;
  const args = [
    `--url=${server.url}`,
    `--namespace=${namespace}`,
    `--drill=${name}`,
    `--count=${count}`,
    `--ttl=${ttl}`,
    ...(timers ? ['--timers'] : []),
  ];
  const child = startLockTaker('endurance-main', { args, execArgv: ['--expose-gc'] });
  onTestFinished(async () => {
    await child.kill('SIGKILL');
  });
  return child;
}

/** It ends well, without a warning, and Redis holds nothing of it but fence counters that expire. */
async function leavesNothing(child: Child): Promise<void> {
  child.endInput();
  const exit = await child.exited;
  const told = child.messages.filter(({ event }) => event === 'warning' || event === 'broken');
  expect({ ...exit, told, stderr: child.stderr }).toEqual({ code: 0, signal: null, told: [], stderr: '' });
  const redis = server.client();
  const keys = await keysBelow(redis, `hf1:${namespace}:`);
  expect(keys.filter((key) => !key.endsWith('}:fence'))).toEqual([]);
  const ttls = await Promise.all(keys.map((key) => redis.pttl(key)));
  expect(ttls.filter((ttl) => ttl <= 0 || ttl > 86_400_000)).toEqual([]);
}

/** The number of timers goes back to what it was when nothing was under way. */
async function timersGoBackTo(child: Child, most: number): Promise<void> {
  const counts = (): number[] =>
    child.messages.filter(({ event }) => event === 'idle').map((idle) => numberIn(idle, 'timers'));
  await eventually(() => (counts().at(-1) ?? Infinity) <= most, { withinMs: 5_000 });
}

it('acquires are aborted at random moments until 10,000 of them ended that way', async () => {
  const child = drill('aborts', 10_000, { timers: true });
  const told = await child.message({ event: 'drilled' }, 90_000);
  expect(told).toMatchObject({ other: 0, listeners: 0 });
  console.log(`${numberIn(told, 'aborted')} aborted, ${numberIn(told, 'granted')} granted`);
  expect(numberIn(told, 'aborted')).toBeGreaterThanOrEqual(10_000);
  expect(numberIn(told, 'granted')).toBeGreaterThan(500);
  await timersGoBackTo(child, numberIn(told, 'timersBefore'));
  const queues = await keysBelow(server.client(), `hf1:${namespace}:{`);
  expect(queues.filter((key) => !key.endsWith('}:fence'))).toEqual([]);
  await leavesNothing(child);
}, 120_000);

const COUNT = rounds(30_000, 100_000);

describe(`acquire and release, ${COUNT} times under one signal`, () => {
  /** The signal was listened to meanwhile, and is not any more; nor does anybody listen to the process. */
  async function listensToNothing(child: Child): Promise<ChildMessage> {
    const told = await child.message({ event: 'drilled' }, 150_000);
    expect(told).toMatchObject({ released: COUNT, listeners: 0 });
    expect(numberIn(told, 'mostListeners')).toBeGreaterThan(0);
    expect(numberIn(told, 'processListeners')).toBe(numberIn(told, 'processListenersBefore'));
    return told;
  }

  it('the heap does not grow, and no listener and no key is left', async () => {
    const child = drill('churn', COUNT);
    const told = await listensToNothing(child);
    const grownBy = numberIn(told, 'heapAtTheEnd') - numberIn(told, 'heapHalfway');
    console.log(`${COUNT} times: heap grew by ${Math.round(grownBy / 1_024)} KB in the second half`);
    expect(grownBy).toBeLessThanOrEqual(MEGABYTE);
    await leavesNothing(child);
  }, 180_000);

  // Counting timers keeps promises in memory longer, so it is not done where the heap is measured.
  it('no timer, no listener and no key is left', async () => {
    const child = drill('churn', COUNT, { timers: true });
    const told = await listensToNothing(child);
    const timersBefore = numberIn(told, 'timersBefore');
    console.log(`${COUNT} times: ${timersBefore} timers before, ${numberIn(told, 'timersAfter')} after`);
    expect(numberIn(told, 'timersAfter')).toBeLessThanOrEqual(timersBefore);
    expect(timersBefore).toBeLessThan(10);
    await timersGoBackTo(child, timersBefore);
    await leavesNothing(child);
  }, 180_000);
});

describe('ten thousand locks held', () => {
  const TTL_MS = 9_000;
  const PERIOD_MS = TTL_MS / 3;

  it('are renewed with at most a hundred script calls a period, from one timer, and all are kept', async () => {
    const child = drill('hold', 10_000, { ttl: TTL_MS, timers: true });
    const holding: ChildMessage = await child.message({ event: 'holding' }, 60_000);
    // Fewer where a call was on its way while they were counted with one.
    expect(numberIn(holding, 'timersWithAll')).toBeLessThanOrEqual(numberIn(holding, 'timersWithOne'));
    // From the second period on: the first has random phases of its own.
    const heldSince = numberIn(holding, 'at');
    await eventually(() => machineMs() - heldSince > PERIOD_MS, { withinMs: 10_000 });
    const [callsBefore, startedAt] = [await scriptCalls(), machineMs()];
    await eventually(() => machineMs() - startedAt >= 2 * PERIOD_MS, { withinMs: 10_000 });
    const calls = (await scriptCalls()) - callsBefore;
    const periods = (machineMs() - startedAt) / PERIOD_MS;
    console.log(`${Math.round(calls / periods)} script calls a period for 10,000 locks`);
    expect(calls / periods).toBeLessThanOrEqual(100);
    expect(calls / periods).toBeGreaterThan(70);
    child.send({ do: 'enough' });
    expect(await child.message({ event: 'drilled' }, 60_000)).toMatchObject({ held: 10_000 });
    await leavesNothing(child);
  }, 120_000);
});

async function scriptCalls(): Promise<number> {
  const stats = await server.client().info('commandstats');
  const count = (name: string): number =>
    Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  return count('evalsha') + count('eval');
}
