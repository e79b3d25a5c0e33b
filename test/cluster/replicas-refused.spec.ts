/** Servers that do not let replicas be asked, or answer in other ways than a plain WAIT does. */
import type { Holdfast } from '@holdfast/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { CallOrder } from '../../libs/core/src/redis/call-order.js';
import { alone } from '../../libs/core/src/redis/host-role.js';
import { IoredisHost } from '../../libs/core/src/redis/ioredis-host.js';
import { ReplicaWait } from '../../libs/core/src/redis/replica-wait.js';
import { leaseInspect } from '../../libs/core/src/redis/scripts.generated.js';
import { WantedReplicas } from '../../libs/core/src/redis/wanted-replicas.js';
import { systemClock } from '../../libs/core/src/time/clock.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ScriptedNode, type Talk } from '../support/scripted-node.js';

const REPLICAS = { atLeast: 1, within: 150 } as const;
const CALL = { script: leaseInspect, keys: ['hf1:shop:{order}:lock'], args: [], forReplicas: true } as const;
const ON_DISK = 'WAITAOF 1 2 150';

async function server(args: readonly string[] = []): Promise<RedisServer> {
  const redis = await startRedis({ args });
  onTestFinished(() => redis.stop());
  return redis;
}

/** What a server that answers like this says of a write that two replicas have to have on disk, and what was told. */
async function onDisk(talk: Talk) {
  const asked: string[] = [];
  const told: string[] = [];
  const node = await ScriptedNode.start(
    () => '*1\r\n:1',
    (command) => {
      if (command.startsWith('WAIT')) asked.push(command);
      return talk(command);
    },
  );
  onTestFinished(() => node.stop());
  const wanted = new WantedReplicas({ atLeast: 2, withinMs: 150, fsynced: true }, systemClock);
  const context = { namespace: 'shop', report: (_: string, message: string) => void told.push(message) };
  const host = new IoredisHost(node.address, context, alone(wanted));
  onTestFinished(() => host.close(100));
  await host.whenUp(2_000);
  const { reply, unreplicated } = await host.run(CALL);
  return { asked, told, reply, why: (await unreplicated)?.message };
}

it.each([
  ['two have it, and the primary', '*2\r\n:1\r\n:2', undefined],
  ['one has it', '*2\r\n:1\r\n:1', '1 of 2 replicas have it'],
  ['they have it, and the primary does not', '*2\r\n:0\r\n:2', '0 of 2 replicas have it'],
  ['the primary was made a replica', '-UNBLOCKED force unblock', expect.stringContaining('UNBLOCKED')],
])('on disk: %s', async (_, answer, why) => {
  const talk: Talk = (command) => (command === ON_DISK ? answer : '*2\r\n:1\r\n:0');
  expect(await onDisk(talk)).toMatchObject({ reply: [1], asked: ['WAITAOF 1 0 1', ON_DISK], told: [], why });
});

it.each([
  ['of before 7.2', "-ERR unknown command 'WAITAOF'"],
  ['without a log', '-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.'],
])('a server %s is asked who has it in memory, and that is told', async (_, refusal) => {
  const talk: Talk = (command) => (command.startsWith('WAITAOF') ? refusal : ':2');
  const { asked, told, why } = await onDisk(talk);
  expect(asked).toEqual(['WAITAOF 1 0 1', 'WAIT 0 1', 'WAIT 2 150']);
  expect(told).toEqual([expect.stringContaining('does not take WAITAOF')]);
  expect(why).toBeUndefined();
});

it.each([
  [1, undefined],
  [2, 'The connection was lost before the replicas were heard'],
])(
  'an answer counts on the connection of its request, 1, and not on connection %d',
  async (arrivesOn, why) => {
    let epoch = 1;
    const talk: Talk = () => {
      epoch = arrivesOn;
      return ':1';
    };
    const node = await ScriptedNode.start(() => undefined, talk);
    onTestFinished(() => node.stop());
    const client = new Redis({ ...node.address, enableReadyCheck: false, lazyConnect: true });
    onTestFinished(() => client.disconnect());
    await client.connect();
    epoch = 1;
    const wanted = new WantedReplicas({ atLeast: 1, withinMs: 150, fsynced: false }, systemClock);
    const connection = { order: new CallOrder(), epoch: () => epoch, report: () => undefined };
    expect((await new ReplicaWait(client, wanted, connection).ask())?.message).toBe(why);
  },
);

it('a replica that is taken for a primary is not taken for a server without WAIT', async () => {
  const refusal = '-ERR WAIT cannot be used with replica instances.';
  const { told, why } = await onDisk((command) => (command.startsWith('WAIT') ? refusal : undefined));
  expect(told).toEqual([]);
  expect(why).toContain('WAIT cannot be used with replica instances');
});

/** A user who may do everything but WAIT. */
async function withoutWait(redis: RedisServer): Promise<string> {
  await redis.client().call('ACL', 'SETUSER', 'shop', 'on', '>password', '~*', '&*', '+@all', '-wait');
  return redis.url.replace('//', '//shop:password@');
}

it.each([
  ['whose user may not', () => [], withoutWait],
  ['that does not know it', () => ['--rename-command', 'WAIT', ''], (redis: RedisServer) => redis.url],
])('a server %s grants without replicas, which is told once and seen by health()', async (_, args, urlOf) => {
  const redis = await server(args());
  const told: string[] = [];
  const log = (_level: string, message: string) => void told.push(message);
  const { locks, health } = await openHoldfast(await urlOf(redis), { replicas: REPLICAS, log });
  await redis.client().call('CLIENT', 'KILL', 'TYPE', 'normal');
  const lease = await locks.acquire('order');
  expect(await lease.release()).toBe('released');
  expect(told.filter((line) => line.includes('WAIT'))).toEqual([
    expect.stringContaining('does not take WAIT: grants count without replicas'),
  ]);
  // Of the killed connections each comes back by itself.
  const known = await eventually(async () => {
    const now = await health();
    return now.status === 'down' ? undefined : now;
  });
  expect(known).toMatchObject({ status: 'degraded', replicas: 'not-asked', overdue: [] });
});

it('such a server is refused at the start by those who want that', async () => {
  const url = await withoutWait(await server());
  const error = await rejectionOf(openHoldfast(url, { replicas: REPLICAS, preflight: 'refuse' }));
  expect(error).toMatchObject({
    code: 'ERR_LOCK_CONFIG',
    faults: [expect.stringContaining('does not take WAIT')],
  });
});

it('a primary without replicas grants nothing, which is told at the start and seen by health()', async () => {
  const redis = await server();
  const told: string[] = [];
  const log = (_: string, message: string) => void told.push(message);
  const holdfast: Holdfast = await openHoldfast(redis.url, { replicas: REPLICAS, log });
  expect(told).toContainEqual(expect.stringContaining('0 of 1 replicas are connected'));
  expect(told).toContainEqual(expect.stringContaining('min-replicas-to-write'));
  const error = await rejectionOf(holdfast.locks.tryAcquire('order'));
  expect(error).toMatchObject({ condition: 'not-replicated' });
  expect(await holdfast.health()).toMatchObject({ status: 'degraded', replicas: 'too-few' });
});
