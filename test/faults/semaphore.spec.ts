/** Semaphores in processes that are frozen and killed: never more permits are valid than there are, and none gets lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHoldfast } from '../support/holdfasts.js';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { rounds } from '../support/long.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, type TakerOptions } from '../support/taker.js';

const TTL_MS = 500;
const PERMITS = 3;
const LOOPS = 4;
const ROUNDS = rounds(4, 40);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function startLoops(options: TakerOptions): Promise<Child> {
  const taker = await startTaker(options);
  for (let loop = 0; loop < LOOPS; loop += 1) {
    const given = { ttl: TTL_MS, wait: 30_000 };
    taker.send({ do: 'loop', id: `loop-${loop}`, name: 'gpu', options: given, permits: PERMITS, workMs: 15 });
  }
  return taker;
}

async function endLoops(taker: Child): Promise<void> {
  for (let loop = 0; loop < LOOPS; loop += 1) {
    const id = `loop-${loop}`;
    await ask(taker, { do: 'finish', id }, { event: 'finished', id });
  }
  await closeCleanly(taker);
}

const tenuresOf = ({ messages }: Child) => messages.filter(({ event }) => event === 'tenure');

async function works(taker: Child, count: number): Promise<void> {
  const before = tenuresOf(taker).length;
  await eventually(() => tenuresOf(taker).length >= before + count, { withinMs: 20_000 });
}

/** The most that believed at one instant that they have a permit; of those who still did when they looked again. */
function mostAtOnce(takers: readonly Child[]): number {
  const steps = takers
    .flatMap(tenuresOf)
    .filter(({ heldToTheEnd }) => heldToTheEnd === true)
    .flatMap((tenure) => [
      { at: numberIn(tenure, 'grantedAt'), step: 1 },
      { at: numberIn(tenure, 'endedAt'), step: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.step - b.step);
  let [now, most] = [0, 0];
  for (const { step } of steps) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

it(`never more than ${PERMITS} believe that they have a permit, also when some of them were frozen past their ttl`, async () => {
  const options = { url: server.url, namespace: uniqueNamespace() };
  const takers = await Promise.all(['frozen', 'one', 'other'].map(() => startLoops(options)));
  const [frozen, one] = takers;
  if (frozen === undefined || one === undefined) throw new Error('three processes');
  for (let round = 0; round < ROUNDS; round += 1) {
    await works(frozen, 10 + 3 * round);
    frozen.freeze();
    // Its leases are over by then, and others have its permits.
    await works(one, 5 * PERMITS + 40);
    frozen.thaw();
  }
  await works(frozen, 20);
  await Promise.all(takers.map(endLoops));
  const lost = tenuresOf(frozen).filter(({ heldToTheEnd }) => heldToTheEnd !== true).length;
  const all = takers.flatMap(tenuresOf).length;
  console.log(
    `${all} tenures, at most ${mostAtOnce(takers)} at once; ${lost} were lost in ${ROUNDS} freezes`,
  );
  expect(mostAtOnce(takers)).toBe(PERMITS);
  expect(lost).toBeLessThanOrEqual(PERMITS * ROUNDS);
}, 120_000);

it('permits of a process that was killed are there again within ttl + 1 s, all of them', async () => {
  const options = { url: server.url, namespace: uniqueNamespace() };
  const { semaphores } = await openHoldfast(server.url, { namespace: options.namespace });
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const holder = await startTaker(options);
    for (let loop = 0; loop < PERMITS; loop += 1)
      holder.send({
        do: 'loop',
        id: `loop-${loop}`,
        name: 'gpu',
        options: { ttl: TTL_MS },
        permits: PERMITS,
        workMs: 60_000,
      });
    await eventually(async () => (await semaphores.inspect('gpu')).taken === PERMITS);
    await holder.kill('SIGKILL');
    const killedAt = machineMs();
    const all = await semaphores.acquire('gpu', { permits: PERMITS, weight: PERMITS, wait: 10_000 });
    took.push(Math.round(machineMs() - killedAt));
    await all.release();
  }
  console.log(`all permits again ${took.join(', ')} ms after the kill`);
  expect(Math.max(...took)).toBeLessThanOrEqual(TTL_MS + 1_000);
  expect((await semaphores.inspect('gpu')).holders).toEqual([]);
}, 120_000);
