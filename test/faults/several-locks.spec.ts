/** Several locks at once, asked for in opposite orders by processes that are killed and frozen: no circle, no clash. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, type TakerOptions } from '../support/taker.js';

const TTL_MS = 500;
/** Whoever waits for longer than this waits for ever: leases of the dead end after TTL_MS. */
const WAIT_MS = 5_000;
const LASTS_MS = rounds(5_000, 60_000);
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  forth: ['a', 'b', 'c'],
  back: ['c', 'b', 'a'],
  'the ends': ['c', 'a'],
  'the middle first': ['b', 'c'],
};

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function startLoops(options: TakerOptions): Promise<Child> {
  const taker = await startTaker(options);
  for (const [id, all] of Object.entries(ORDERS))
    taker.send({ do: 'loop', id, name: 'all', all, options: { ttl: TTL_MS, wait: WAIT_MS }, workMs: 2 });
  return taker;
}

interface Tenure {
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Of those that still had their leases when they looked again. */
const tenuresOf = ({ messages }: Child): readonly Tenure[] =>
  messages
    .filter(({ event, heldToTheEnd }) => event === 'tenure' && heldToTheEnd === true)
    .map((told) => ({
      names: ORDERS[String(told['id'])] ?? [],
      from: numberIn(told, 'grantedAt'),
      to: numberIn(told, 'endedAt'),
    }));

/** Those that began before another one of the same lock had ended. */
function clashesAmong(tenures: readonly Tenure[]): readonly string[] {
  return ['a', 'b', 'c'].flatMap((name) => {
    const own = tenures.filter(({ names }) => names.includes(name)).toSorted((x, y) => x.from - y.from);
    return own.flatMap((tenure, at) => {
      const before = own[at - 1];
      return before !== undefined && before.to > tenure.from ? [`${name} at ${tenure.from}`] : [];
    });
  });
}

it('opposite orders are never a deadlock, also while processes are killed and frozen', async () => {
  const options = { url: server.url, namespace: uniqueNamespace() };
  const [frozen, other] = await Promise.all([startLoops(options), startLoops(options)]);
  const all = [frozen, other];
  const endsAt = performance.now() + LASTS_MS;
  const work = async (taker: Child, count: number): Promise<void> => {
    const before = tenuresOf(taker).length;
    await eventually(() => tenuresOf(taker).length >= before + count, { withinMs: 20_000 });
  };
  while (performance.now() < endsAt) {
    const doomed = await startLoops(options);
    all.push(doomed);
    await work(doomed, 20);
    await doomed.kill('SIGKILL');
    frozen.freeze();
    await work(other, 60);
    frozen.thaw();
    await work(frozen, 20);
  }
  for (const taker of [frozen, other]) {
    for (const id of Object.keys(ORDERS)) await ask(taker, { do: 'finish', id }, { event: 'finished', id });
    await closeCleanly(taker);
  }
  const tenures = all.flatMap(tenuresOf);
  const waitedInVain = all.flatMap(({ messages }) =>
    messages.filter(({ event, code }) => event === 'failed' && code === 'ERR_LOCK_TIMEOUT'),
  );
  console.log(`${tenures.length} tenures of two or three locks in ${LASTS_MS / 1_000} s: no deadlock`);
  expect(waitedInVain).toEqual([]);
  expect(clashesAmong(tenures)).toEqual([]);
}, 180_000);
