/** What many processes in line for one lock cost the server, while they wait and when the lock changes hands. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { CommandLog, type LoggedCommand } from '../support/command-log.js';
import { eventually } from '../support/eventually.js';
import { isAcquire, isRelease, keysOfLock, lineIn } from '../support/lock-keys.js';
import { rounds } from '../support/long.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeCleanly, launchTaker, numberIn, startTaker, take } from '../support/taker.js';

const WAITERS = rounds(20, 50);
const WATCHED_MS = 4_000;
const HAND_OFFS = 5;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** Commands about the lock. Each process also renews its visiting card, three times a minute, whether it waits or not. */
const about =
  (lockKey: string) =>
  ({ args }: LoggedCommand): boolean =>
    args.includes(lockKey);

function countBySource(commands: readonly LoggedCommand[]): number[] {
  const counts = new Map<string, number>();
  for (const { source } of commands) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts.values()];
}

/** A few at a time, so that starting them does not take the machine for itself. */
async function startWaiters(namespace: string): Promise<Child[]> {
  const waiters: Child[] = [];
  while (waiters.length < WAITERS) {
    const some = Array.from({ length: 10 }, () =>
      launchTaker({ url: server.url, namespace, shutdownGrace: 0 }),
    );
    await Promise.all(some.map((waiter) => waiter.message({ event: 'ready' }, 30_000)));
    waiters.push(...some);
  }
  for (const waiter of waiters)
    waiter.send({ do: 'acquire', id: 'lock', name: 'lock', options: { ttl: 30_000, wait: 120_000 } });
  return waiters;
}

const granted = (waiter: Child): number | undefined => {
  const grant = waiter.messages.find(({ event, id }) => event === 'granted' && id === 'lock');
  return grant === undefined ? undefined : numberIn(grant, 'at');
};

it(`${WAITERS} processes wait with a command a second each, and a hand-off costs four at most`, async () => {
  const namespace = uniqueNamespace();
  const { lock, queue } = keysOfLock(namespace, 'lock');
  const redis = server.client();
  let holder = await startTaker({ url: server.url, namespace });
  await take(holder, 'lock', { ttl: 30_000 });
  const waiters = await startWaiters(namespace);
  await eventually(async () => (await lineIn(redis, queue)).length === WAITERS, { withinMs: 20_000 });

  const holding = (await redis.get(lock)) ?? '';
  const log = await CommandLog.start(server.url);
  const watchedFrom = machineMs();
  await eventually(() => machineMs() - watchedFrom >= WATCHED_MS);
  const polls = (await log.wireCommands()).filter(about(lock)).filter(({ args }) => !args.includes(holding));
  const watchedMs = machineMs() - watchedFrom;
  const perWaiter = countBySource(polls);
  expect(perWaiter).toHaveLength(WAITERS);
  // One a second: as many as whole seconds fit in, and the one that the window began with.
  expect(Math.max(...perWaiter)).toBeLessThanOrEqual(Math.floor(watchedMs / 1_000) + 1);

  const costs: number[] = [];
  const gaps: number[] = [];
  for (let round = 0; round < HAND_OFFS; round += 1) {
    const waiting = waiters.filter((waiter) => granted(waiter) === undefined);
    await log.clear();
    const releasedAt = machineMs();
    holder.send({ do: 'release', id: 'lock' });
    const next = await eventually(() => waiting.find((waiter) => granted(waiter) !== undefined));
    gaps.push((granted(next) ?? NaN) - releasedAt);
    await eventually(() => machineMs() - releasedAt >= 400);
    const spent = (await log.wireCommands()).filter(about(lock));
    costs.push(handOff(spent, await redis.get(lock)).length);
    holder = next;
  }
  console.log(
    `polls a waiter in ${Math.round(watchedMs)} ms: at most ${Math.max(...perWaiter)}; ` +
      `commands a hand-off: ${costs.join(', ')}; after ${gaps.map((gap) => gap.toFixed(1)).join(', ')} ms`,
  );
  expect(Math.max(...costs)).toBeLessThanOrEqual(4);
  await log.stop();
  await closeCleanly(holder);
}, 120_000);

/** Everything from the release on, apart from the polls of those that go on waiting. */
function handOff(commands: readonly LoggedCommand[], nextToken: string | null): readonly LoggedCommand[] {
  const released = commands.findIndex(({ args }) => isRelease(args));
  return commands
    .slice(Math.max(0, released))
    .filter(({ args }) => !isAcquire(args) || args.includes(nextToken ?? ''));
}
