/** Readers and writers in processes that are frozen and killed: nobody writes while anybody else is at it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, type TakerOptions } from '../support/taker.js';

const TTL_MS = 500;
const ROUNDS = rounds(3, 20);
const LOOPS = { 'read-1': 'read', 'read-2': 'read', 'read-3': 'read', 'write-1': 'write' } as const;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function startLoops(options: TakerOptions): Promise<Child> {
  const taker = await startTaker(options);
  for (const [id, mode] of Object.entries(LOOPS))
    taker.send({ do: 'loop', id, name: 'prices', options: { ttl: TTL_MS, wait: 30_000, mode }, workMs: 10 });
  return taker;
}

interface Tenure {
  readonly writes: boolean;
  readonly from: number;
  readonly to: number;
}

/** Of those that still had their lease when they looked again. */
const tenuresOf = ({ messages }: Child): readonly Tenure[] =>
  messages
    .filter(({ event, heldToTheEnd }) => event === 'tenure' && heldToTheEnd === true)
    .map((told) => ({
      writes: String(told['id']).startsWith('write'),
      from: numberIn(told, 'grantedAt'),
      to: numberIn(told, 'endedAt'),
    }));

async function works(taker: Child, count: number): Promise<void> {
  const before = tenuresOf(taker).length;
  await eventually(() => tenuresOf(taker).length >= before + count, { withinMs: 20_000 });
}

it(
  'nobody writes while another one reads or writes, whoever is frozen or killed; and none of them starves',
  async () => {
    const options = { url: server.url, namespace: uniqueNamespace() };
    const [frozen, other] = await Promise.all([startLoops(options), startLoops(options)]);
    const all = [frozen, other];
    for (let round = 0; round < ROUNDS; round += 1) {
      const doomed = await startLoops(options);
      all.push(doomed);
      await works(doomed, 10 + 3 * round);
      await doomed.kill('SIGKILL');
      frozen.freeze();
      // What those two had is over by then.
      await works(other, 40);
      frozen.thaw();
      await works(frozen, 5);
    }
    for (const taker of [frozen, other]) {
      for (const id of Object.keys(LOOPS)) await ask(taker, { do: 'finish', id }, { event: 'finished', id });
      await closeCleanly(taker);
    }
    const tenures = all.flatMap(tenuresOf).toSorted((a, b) => a.from - b.from);
    const together = tenures.filter((one, at) => tenures.slice(0, at).some(({ to }) => to > one.from));
    const clashes = tenures.flatMap((one, at) =>
      tenures.slice(0, at).filter((before) => before.to > one.from && (before.writes || one.writes)),
    );
    const writers = tenures.filter(({ writes }) => writes).length;
    console.log(
      `${tenures.length} tenures, ${writers} of them to write, ${together.length} read beside others`,
    );
    expect(clashes).toEqual([]);
    expect(writers).toBeGreaterThan(5 * ROUNDS);
    expect(together.length).toBeGreaterThan(5 * ROUNDS);
  },
  rounds(120_000, 600_000),
);
