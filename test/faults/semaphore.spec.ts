/** Semaphores in processes that are frozen and killed: never more permits are valid than there are, and none gets lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHoldfast } from '../support/holdfasts.js';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { rounds } from '../support/long.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, startTakers } from '../support/taker.js';

const TTL_MS = 500;
const PERMITS = 3;
const LOOPS = 4;
const ROUNDS = rounds(4, 20);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function endLoops(taker: Child): Promise<void> {
  for (let loop = 0; loop < LOOPS; loop += 1) {
    const id = `loop-${loop}`;
    await ask(taker, { do: 'finish', id }, { event: 'finished', id });
  }
  await closeCleanly(taker);
}

const tenuresOf = ({ messages }: Child) => messages.filter(({ event }) => event === 'proven');

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

/** The most tenures that were open at a resource at one instant: from their first write that it took to their last. */
function mostOpen(journal: readonly string[]): number {
  const spans = new Map<string, { first: number; last: number }>();
  for (const [at, line] of journal.entries()) {
    const [accepted, fence = ''] = line.split(' ');
    if (accepted === '1') spans.set(fence, { first: spans.get(fence)?.first ?? at, last: at });
  }
  const all = [...spans.values()];
  return Math.max(
    ...all.map(({ first }) => all.filter((one) => one.first <= first && one.last >= first).length),
  );
}

it(
  `never more than ${PERMITS} believe that they have a permit, and never more write at a resource that asks for proof, also when some freeze in the middle of their work; nobody with a permit is refused`,
  async () => {
    const options = {
      url: server.url,
      namespace: uniqueNamespace(),
      ledgerUrl: server.url,
      ledgerKey: uniqueNamespace(),
    };
    const takers = await startTakers(3, options);
    const [frozen, one] = takers;
    if (frozen === undefined || one === undefined) throw new Error('three processes');
    for (const taker of takers)
      for (let loop = 0; loop < LOOPS; loop += 1) {
        const given = { ttl: TTL_MS, wait: 30_000 };
        taker.send({
          do: 'prove',
          id: `loop-${loop}`,
          name: 'gpu',
          options: given,
          permits: PERMITS,
          workMs: 15,
        });
      }
    const late = () => tenuresOf(frozen).filter(({ first, last }) => first === true && last === false);
    // Until a freeze has struck between the two writes, which most of them do.
    for (let round = 0; round < ROUNDS || (late().length === 0 && round < 5 * ROUNDS); round += 1) {
      await works(frozen, 10 + 3 * round);
      frozen.freeze();
      // Its leases are over by then, and others have its permits.
      await works(one, 5 * PERMITS + 40);
      frozen.thaw();
    }
    await works(frozen, 20);
    await Promise.all(takers.map(endLoops));
    const journal = await server.client().lrange(`${options.ledgerKey}:journal`, 0, -1);
    const all = takers.flatMap(tenuresOf);
    console.log(
      `${all.length} tenures, at most ${mostAtOnce(takers)} believed, ${mostOpen(journal)} wrote; ${late().length} were refused in the middle`,
    );
    expect(late().length).toBeGreaterThan(0);
    expect([mostAtOnce(takers), mostOpen(journal)]).toEqual([PERMITS, PERMITS]);
    expect(
      all.filter(
        ({ heldToTheEnd, first, last }) => heldToTheEnd === true && !(first === true && last === true),
      ),
    ).toEqual([]);
  },
  rounds(120_000, 600_000),
);

it(
  'permits of a process that was killed are there again within ttl + 1 s, all of them',
  async () => {
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
  },
  rounds(120_000, 600_000),
);
