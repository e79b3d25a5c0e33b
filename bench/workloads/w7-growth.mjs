// W7: whether an acquire takes longer when there are more locks, or more names that somebody waits for.
import { setTimeout as delay } from 'node:timers/promises';
import { OPTIONS } from './one-key.mjs';

const WAITING_NAMES = 1_000;
const CHUNK = 10_000;
const LIVE_MS = 600_000;

const growth = (key, label) => ({
  key,
  label: `at ${label}, × that at 1`,
  digits: 2,
  noRatio: true,
  target: { atMost: 1.2 },
});

export default [
  {
    id: 'w7',
    title: 'p50 of an acquire, 1 in flight, while others hold and wait',
    needs: 'wait',
    contenders: ['raw', 'raw-queue', 'holdfast'],
    reference: 'raw',
    processes: 3,
    full: { rounds: 5, times: 5_000 },
    quick: { rounds: 1, times: 1_500 },
    columns: [
      { key: 'p50', label: 'at 1 live lock, µs', noRatio: true },
      growth('at1k', '1,000 live locks'),
      growth('at100k', '100,000 live locks'),
      growth('waiting', `${WAITING_NAMES.toLocaleString('en-US')} waiting names`),
    ],
    measure,
  },
];

async function measure({ workers, contender, admin, scale: { times } }) {
  const [asking] = workers;
  const p50 = () => asking.call('acquire-latency', { times, options: OPTIONS });
  await p50();
  const atFirst = await p50();
  await makeLive(admin, contender, { from: 1, to: 1_000 });
  const atThousand = await p50();
  await makeLive(admin, contender, { from: 1_000, to: 100_000 });
  const atHundredThousand = await p50();
  await admin.flushall();
  // Before and after: an idle machine is slow to wake up, and that changes while this runs.
  const atOne = (atFirst + (await p50())) / 2;
  // Pollers of a thousand names would measure polling.
  const waiting = contender.name === 'raw' ? Number.NaN : await withWaiters(workers, p50);
  return {
    p50: atOne,
    at1k: atThousand / atOne,
    at100k: atHundredThousand / atOne,
    waiting: waiting / atOne,
  };
}

/** Keys as the contender would leave them, written at once: taking each lock would take minutes. */
async function makeLive(admin, { lockKeyOf, fenceKeyOf }, { from, to }) {
  for (let start = from; start < to; start += CHUNK) {
    const writes = admin.pipeline();
    for (let at = start; at < Math.min(to, start + CHUNK); at += 1) {
      writes.set(lockKeyOf(`g${at}`), 'a-token-of-somebody', 'PX', LIVE_MS);
      if (fenceKeyOf !== undefined) writes.set(fenceKeyOf(`g${at}`), at, 'PX', LIVE_MS);
    }
    await writes.exec();
  }
}

async function withWaiters([, holder, waiter], p50) {
  const names = { prefix: 'w', names: WAITING_NAMES, options: OPTIONS };
  await holder.call('many-names', { ...names, step: 'hold' });
  await waiter.call('many-names', { ...names, step: 'wait' });
  // Until all of them stand in line.
  await delay(300);
  try {
    return await p50();
  } finally {
    await holder.call('many-names', { step: 'giveBack' });
    await waiter.call('many-names', { step: 'giveBack' });
  }
}
