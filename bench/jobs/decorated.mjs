// Calls a decorated method and, by turns, the lock that its decorator prepared, on a store that is no more than a stub.
import { WithLock, wireLocks } from '../../libs/nest/dist/index.js';
import { median } from '../harness/statistics.mjs';
import { locksOnStubStore } from '../harness/stub-store.mjs';

const CALLS_IN_SLICE = 10_000;
const NAME = 'order';
const keyOf = (id) => id;

class Orders {
  async pay(_id) {
    return 1;
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'pay');
WithLock({ name: NAME, key: keyOf })(Orders.prototype, 'pay', descriptor);
Object.defineProperty(Orders.prototype, 'pay', descriptor);

/**
 * @param {unknown} _client whatever contender this process belongs to: nothing is sent
 * @param {{ inFlight: number, warmUpMs: number, forMs: number }} params
 */
export default async function decorated(_client, { inFlight, warmUpMs, forMs }) {
  const locks = locksOnStubStore();
  const orders = wireLocks(new Orders(), locks);
  const prepared = locks.prepare(NAME, {});
  const body = async () => 1;
  const ways = {
    callMicros: () => microsOf((key) => orders.pay(key), inFlight),
    runMicros: () => microsOf((key) => prepared.run(key, undefined, body), inFlight),
  };
  await byTurns(ways, warmUpMs);
  const slices = await byTurns(ways, forMs);
  return {
    callMicros: median(slices.map(({ callMicros }) => callMicros)),
    runMicros: median(slices.map(({ runMicros }) => runMicros)),
    // Of neighbours: what drifts drops out.
    taxMicros: median(slices.map(({ callMicros, runMicros }) => callMicros - runMicros)),
  };
}

async function byTurns({ callMicros, runMicros }, forMs) {
  const slices = [];
  const endsAt = performance.now() + forMs;
  while (slices.length === 0 || performance.now() < endsAt) {
    slices.push({ callMicros: await callMicros(), runMicros: await runMicros() });
  }
  return slices;
}

/** CPU time of this process for each call, with a key for each of those that are in flight. */
async function microsOf(call, inFlight) {
  let called = 0;
  const chain = async (_, at) => {
    const key = `A-${at}`;
    for (; called < CALLS_IN_SLICE; called += 1) await call(key);
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: inFlight }, chain));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / called;
}
