// Many locks held and renewed by one process, in steps that the parent asks for: take, watch, give back.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** So many are taken at once. */
const AT_ONCE = 256;
/** Once taken and given back before anything is measured: what is made once must not count as a lock. */
const REHEARSAL = 1_000;

/** How often the loop is looked at; Node counts this time into the delay. */
const LOOK_MS = 5;

/** @type {unknown[]} between two steps */
let held = [];

const STEPS = { take, watch, watchLoop, giveBack };

/**
 * @param {import('../contenders/contender.d.ts').Client} client
 * @param {{ step: 'take' | 'watch' | 'watchLoop' | 'giveBack' }} params and what the step needs
 */
export default function hold(client, { step, ...params }) {
  return STEPS[step](client, params);
}

async function take(client, { prefix, locks, options }) {
  held = await takeMany(client, { prefix: `${prefix}r`, locks: REHEARSAL, options });
  await giveBack(client);
  const before = settledHeap();
  held = await takeMany(client, { prefix, locks, options });
  return { bytesPerLock: (settledHeap() - before) / locks };
}

async function takeMany(client, { prefix, locks, options }) {
  const handles = [];
  while (handles.length < locks) {
    const some = Array.from({ length: Math.min(AT_ONCE, locks - handles.length) }, (_, at) =>
      client.hold(`${prefix}${handles.length + at}`, options),
    );
    handles.push(...(await Promise.all(some)));
  }
  return handles;
}

async function watch(client, { forMs }) {
  const cpuBefore = process.cpuUsage();
  await delay(forMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuMicros: user + system, lost: lostOf(client) };
}

/** Apart from {@link watch}: looking two hundred times a second costs about as much as the renewals do. */
async function watchLoop(client, { forMs }) {
  const loop = monitorEventLoopDelay({ resolution: LOOK_MS });
  loop.enable();
  await delay(forMs);
  loop.disable();
  return { loopMaxMs: loop.max / 1e6 - LOOK_MS, lost: lostOf(client) };
}

function lostOf(client) {
  return held.filter((handle) => client.isLost(handle)).length;
}

async function giveBack(client) {
  while (held.length > 0)
    await Promise.allSettled(held.splice(0, AT_ONCE).map((handle) => client.release(handle)));
}

function settledHeap() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
