/** How many commands a lock costs, counted by MONITOR. What is asked once in a process is asked before it counts. */
import { Socket } from 'node:net';
import type { Holdfast, Lease, PreparedLock } from '@holdfast/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { leaseBatch, leaseInspect, leaseRenew } from '../../libs/core/src/redis/scripts.generated.js';
import { CommandLog, type LoggedCommand } from '../support/command-log.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { keysOfLock, lineIn } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const TERMS = { ttl: '10s', wait: '5s' } as const;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** An instance that has announced itself: the calls of a connection are answered in their order. */
async function open(namespace: string): Promise<{ holdfast: Holdfast; lock: PreparedLock }> {
  const holdfast = await openHoldfast(server.url, { namespace });
  const lock = holdfast.locks.prepare('l', TERMS);
  await release(await lock.acquire('first', undefined));
  return { holdfast, lock };
}

async function watch(): Promise<CommandLog> {
  const log = await CommandLog.start(server.url);
  onTestFinished(() => log.stop());
  return log;
}

const release = (lease: Lease): Promise<unknown> => lease.release();
const calls = (commands: readonly LoggedCommand[], { sha1 }: { sha1: string }): number =>
  commands.filter(({ name, args }) => name === 'EVALSHA' && args[0] === sha1).length;

function takeMany(lock: PreparedLock, { name, count }: { name: string; count: number }): Promise<Lease[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => lock.acquire(`${name}${at}`, undefined)));
}

describe('a lock that nobody else wants', () => {
  it('is taken and given back by one command each, and at most eight inside the scripts', async () => {
    const { lock } = await open(uniqueNamespace());
    const log = await watch();
    await release(await lock.acquire('k', undefined));
    const wire = await log.wireCommands();
    expect(wire.map(({ name }) => name)).toEqual(['EVALSHA', 'EVALSHA']);
    const inner = (await log.scriptCalls()).length;
    console.log(`a lock alone: ${inner} commands inside scripts`);
    expect(inner).toBeLessThanOrEqual(8);
  });

  it.each([
    [16, 1],
    [128, 8],
  ])(
    'taken with others, %i at once, shares %i calls with them, and as many to give back',
    async (count, most) => {
      const { lock } = await open(uniqueNamespace());
      const log = await watch();
      const leases = await takeMany(lock, { name: 'k', count });
      const taken = await log.wireCommands();
      expect(new Set(taken.map(({ name }) => name))).toEqual(new Set(['EVALSHA']));
      expect(taken.length).toBeLessThanOrEqual(most);
      await Promise.all(leases.map(release));
      expect((await log.wireCommands()).length).toBeLessThanOrEqual(2 * most);
      expect((await log.scriptCalls()).length).toBeLessThanOrEqual(8 * count);
    },
  );

  it('taken with seven others by acquireAll shares one command with them, and one to give them back', async () => {
    const { holdfast } = await open(uniqueNamespace());
    const targets = Array.from({ length: 8 }, (_, key) => ({ name: 'l', key }));
    const log = await watch();
    const set = await holdfast.locks.acquireAll(targets, TERMS);
    expect(calls(await log.wireCommands(), leaseBatch)).toBe(1);
    await set.release();
    expect((await log.wireCommands()).map(({ name }) => name)).toEqual(['EVALSHA', 'EVALSHA']);
  });

  it('shares one write to the socket with what is taken and given back in the same tick', async () => {
    const { lock } = await open(uniqueNamespace());
    const held = await takeMany(lock, { name: 'held', count: 8 });
    const write = vi.spyOn(Socket.prototype, 'write');
    onTestFinished(() => write.mockRestore());
    await Promise.all([
      ...held.map(release),
      ...held.map((_, at) => lock.acquire(`new${at}`, undefined).then(release)),
    ]);
    const written = write.mock.contexts.filter((at) => at instanceof Socket && at.remotePort === server.port);
    // The releases with the acquires, and then the releases of those.
    expect(written).toHaveLength(2);
  });
});

describe('a lock that somebody else holds', () => {
  it('is refused by a single command', async () => {
    const namespace = uniqueNamespace();
    const [{ lock }, other] = [await open(namespace), await open(namespace)];
    await lock.acquire('k', undefined);
    // Asks who the holder is, once.
    expect(await other.holdfast.locks.tryAcquire('l', { key: 'k' })).toBeUndefined();
    await other.holdfast.locks.inspect('l');
    const log = await watch();
    expect(await other.holdfast.locks.tryAcquire('l', { key: 'k' })).toBeUndefined();
    // Whatever was still sent for the refusal comes before this.
    await other.holdfast.locks.inspect('l');
    const scripts = (await log.wireCommands()).map(({ args }) => args[0]);
    expect(scripts).toEqual([leaseBatch.sha1, leaseInspect.sha1]);
  });

  it('goes to another process by an acquire, a release and a confirmation for each grant', async () => {
    const namespace = uniqueNamespace();
    const players = [await open(namespace), await open(namespace)] as const;
    const redis = server.client();
    const { queue } = keysOfLock(namespace, 'l#k');
    const log = await watch();
    const grants = 40;
    let held = await players[0].lock.acquire('k', undefined);
    for (let grant = 1; grant < grants; grant += 1) {
      const next = players[grant % 2 === 0 ? 0 : 1].lock.acquire('k', undefined);
      await eventually(async () => (await lineIn(redis, queue)).length === 1, { everyMs: 0 });
      await release(held);
      held = await next;
    }
    await release(held);
    const wire = await log.wireCommands();
    const asked = calls(wire, leaseBatch);
    const confirmed = calls(wire, leaseRenew);
    console.log(`a grant to another process: ${asked / grants} calls, ${confirmed / grants} confirmations`);
    expect(asked).toBeLessThanOrEqual(2 * grants);
    expect(asked + confirmed).toBeLessThanOrEqual(3 * grants);
  });

  it('goes from one to the next of a process by a tenth of a command at most', async () => {
    const { lock } = await open(uniqueNamespace());
    const log = await watch();
    const grants = 160;
    await Promise.all(
      Array.from({ length: grants }, async () => release(await lock.acquire('k', undefined))),
    );
    const sent = (await log.wireCommands()).length;
    console.log(`a grant inside a process: ${sent / grants} calls`);
    // Every sixteenth goes to the server: one call gives the tenure back and asks for the next one.
    expect(sent).toBeLessThanOrEqual(grants / 10);
  });
});
