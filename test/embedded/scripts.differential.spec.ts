/**
 * Random sequences of the real scripts, with several tokens, processes and names, and time that passes: replies, pushed
 * messages and the whole keyspace must be the same on Redis and on the embedded host.
 */
import { allScripts } from '@holdfast/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { comparable, expectSame, type Said } from './comparable.js';
import { onEmbedded, onRedis, type Outcome, type Step } from './two-hosts.js';

/** A sequence that the machine held up for longer proves nothing: something may have expired on one side. */
const STALL_MS = 150;
const CHANNEL = 'push:';
/** The scripts cut a token behind 22 characters to find its process. The last of these processes listens to nothing. */
const [LISTENING, DEAF] = [['A', 'B'].map((letter) => letter.repeat(22)), 'C'.repeat(22)];

/*
 * Every sum of the times that pass stays further than STALL_MS away from every expiry below, from the heartbeat of
 * 2,500 ms and from the 5,000 ms that a queue is kept.
 */
const elapse = fc.constantFrom(1_100, 1_100, 20_000).map((elapseMs) => ({ elapseMs }));
const ttl = fc.constantFrom(12_600, 31_600);
const grant = fc.constantFrom(0, 700, 2_000, 5_000);
const hold = fc.constantFrom(0, 0, 0, 4_000);
const CARD_TTL = 64_000;

const name = fc.constantFrom('x', 'ü');
const token = fc.constantFrom(...[...LISTENING, DEAF].flatMap((process) => [`${process}1`, `${process}2`]));
const at = (lock: string, ...keys: string[]) => keys.map((key) => `{${lock}}:${key}`);
const used = new Set<string>();

function script(wanted: string, keys: readonly string[], args: readonly (string | number)[] = []): Step {
  const found = allScripts.find((one) => one.name === wanted);
  if (found === undefined) throw new Error(`there is no script ${wanted}`);
  used.add(wanted);
  return { source: found.source, keys, args };
}

const command = (...args: (string | number)[]): Step => ({ source: 'return redis.call(unpack(ARGV))', args });

const acquire = fc
  .record({ name, token, ttl, queueing: fc.constantFrom('0', '1', '1'), grant })
  .map((o) =>
    script('lease/acquire', at(o.name, 'lock', 'fence', 'queue', 'waiters'), [
      o.token,
      o.ttl,
      o.queueing,
      o.grant,
      CHANNEL,
    ]),
  );
const release = fc
  .record({ name, token, hold })
  .map((o) =>
    script('lease/release', at(o.name, 'lock', 'fence', 'queue', 'waiters'), [o.token, o.hold, CHANNEL]),
  );
const renew = fc.array(fc.record({ name, token, ttl }), { minLength: 1, maxLength: 4 }).map((members) =>
  script(
    'lease/renew',
    members.flatMap((member) => at(member.name, 'lock')),
    members.flatMap((member) => [member.token, member.ttl]),
  ),
);
const inspect = name.map((lock) => script('lease/inspect', at(lock, 'lock', 'fence', 'queue')));
const holder = fc.constantFrom(
  script('holder/announce', ['card'], ['{"host":"ü"}', CARD_TTL]),
  script('holder/lookup', ['card']),
  script('holder/withdraw', ['card']),
);
/**
 * What people and other programs do to keys: delete them, or write another type into them. The fence counter is not
 * taken away here: whether the next fence is then above the last is a race against the clock of a real server.
 */
const meddling = fc
  .record({
    name,
    key: fc.constantFrom('lock', 'fence', 'queue', 'waiters'),
    how: fc.constantFrom('DEL', 'DEL', 'SET', 'HSET', 'ZADD'),
  })
  .filter(({ key, how }) => key !== 'fence' || how === 'HSET' || how === 'ZADD')
  .map(({ name: lock, key, how }) => {
    const [target = ''] = at(lock, key);
    if (how === 'SET') return command('SET', target, 'somebody else');
    if (how === 'HSET') return command('HSET', target, 'field', 'no heartbeat');
    return how === 'ZADD' ? command('ZADD', target, 1, 'somebody') : command('DEL', target);
  });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: acquire },
  { weight: 8, arbitrary: release },
  { weight: 3, arbitrary: renew },
  { weight: 2, arbitrary: inspect },
  { weight: 2, arbitrary: holder },
  { weight: 1, arbitrary: meddling },
  { weight: 2, arbitrary: elapse },
);

let server: RedisServer;
let redis: Redis;
let listener: Redis;

beforeAll(async () => {
  server = await startRedis();
  [redis, listener] = [server.client(), server.client()];
  await listener.subscribe(...LISTENING.map((process) => CHANNEL + process), 'end');
});
afterAll(() => server.stop());

/** Runs them on Redis and collects what was pushed: everything that came before our own last message. */
async function runOnRedis(steps: readonly Step[]) {
  const pushes: string[] = [];
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  const hear = (channel: string, message: string) => (channel === 'end' ? ended() : pushes.push(message));
  listener.on('message', hear);
  const outcome = await onRedis(redis, steps);
  await redis.publish('end', '');
  await end;
  listener.off('message', hear);
  return { ...outcome, pushes };
}

async function runOnEmbedded(steps: readonly Step[]) {
  const pushes: string[] = [];
  const outcome = await onEmbedded(steps, async (provider) => {
    const host = await provider.open({ namespace: 'test', report: () => undefined });
    for (const process of LISTENING)
      await host.subscribe(CHANNEL + process, ({ payload }) => pushes.push(payload));
  });
  return { ...outcome, pushes };
}

/** A queue is ordered by arrival; the instants of it are the server's own business. */
function everything(
  steps: readonly Step[],
  { replies, pushes, keyspace }: Outcome & { pushes: readonly string[] },
): Said[] {
  const keys = keyspace.map(({ key, type, value, ttlMs }) => {
    const shown =
      type === 'zset' && Array.isArray(value) ? value.filter((_, index) => index % 2 === 0) : value;
    return { about: lockIn(key), words: [key, type, shown, ttlMs] };
  });
  const said = replies.map((words, index) => ({ about: lockOf(steps[index]), words }));
  return [...said, ...pushes.map((words) => ({ about: lockIn(words), words })), ...keys];
}

function lockOf(step: Step | undefined): string {
  return step === undefined || 'elapseMs' in step ? '' : lockIn(step.keys?.[0] ?? '');
}

function lockIn(text: string): string {
  return /\{(.+?)\}/.exec(text)?.[1] ?? '';
}

describe('the scripts on the embedded host', () => {
  it('answer, push and write as on Redis, whatever the sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const real = await runOnRedis(steps);
        fc.pre(real.tookMs < STALL_MS);
        const ours = await runOnEmbedded(steps);
        expectSame(
          comparable(everything(steps, ours), ours.endMs),
          comparable(everything(steps, real), real.endMs),
          real.tookMs,
        );
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('are all part of these sequences', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 300 }), () => undefined),
      { numRuns: 3 },
    );
    expect([...used].toSorted()).toEqual(allScripts.map((one) => one.name).toSorted());
  });
});
