/** Steps that the lease scripts take, with several tokens, processes and names, and what people do to their keys. */
import { allScripts } from '@holdfast/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { onEmbedded, onRedis, type Outcome, type RealOutcome, type Step } from './two-hosts.js';

/** A sequence that the machine held up for longer proves nothing: something may have expired on one side. */
export const STALL_MS = 150;
/** The lock keys below have nothing in front of their hash tag. */
const CHANNEL = 'push:';
/** The scripts cut a token behind 22 characters to find its process. The last of these processes listens to nothing. */
const [LISTENING, DEAF] = [['A', 'B'].map((letter) => letter.repeat(22)), 'C'.repeat(22)];

/*
 * Every sum of the times that pass stays further than STALL_MS away from every expiry below, from the heartbeat of
 * 2,500 ms and from the 5,000 ms that a queue is kept.
 */
export const elapse = fc.constantFrom(1_100, 1_100, 20_000).map((elapseMs) => ({ elapseMs }));
export const ttl = fc.constantFrom(12_600, 31_600);
const grant = fc.constantFrom(-1, 0, 700, 2_000, 5_000);
const hold = fc.constantFrom(0, 0, 0, 4_000);

export const name = fc.constantFrom('x', 'ü');
export const token = fc.constantFrom(
  ...[...LISTENING, DEAF].flatMap((process) => [`${process}1`, `${process}2`]),
);
export const at = (lock: string, ...keys: string[]) => keys.map((key) => `{${lock}}:${key}`);

/** The names of the scripts that {@link script} was asked for. */
export const used = new Set<string>();

export function script(
  wanted: string,
  keys: readonly string[],
  args: readonly (string | number)[] = [],
): Step {
  const found = allScripts.find((one) => one.name === wanted);
  if (found === undefined) throw new Error(`there is no script ${wanted}`);
  used.add(wanted);
  return { source: found.source, keys, args };
}

export const command = (...args: (string | number)[]): Step => ({
  source: 'return redis.call(unpack(ARGV))',
  args,
});

/** One member of a call: somebody takes a lock, or gives it back. */
export interface Member {
  readonly name: string;
  readonly args: readonly [token: string, ttlMs: number, idleMs: number];
}

const taking = fc
  .record({ name, token, ttl, grant })
  .map((o): Member => ({ name: o.name, args: [o.token, o.ttl, o.grant] }));
const giving = fc
  .record({ name, token, hold })
  .map((o): Member => ({ name: o.name, args: [o.token, 0, o.hold] }));
export const member = fc.oneof({ weight: 5, arbitrary: taking }, { weight: 4, arbitrary: giving });

/** One call for these members. */
export const batchOf = (members: readonly Member[]): Step =>
  script(
    'lease/batch',
    members.flatMap((one) => at(one.name, 'lock', 'fence', 'queue')),
    members.flatMap((one) => one.args),
  );

/**
 * What people and other programs do to keys: delete them, or write another type or foreign entries into them. The fence
 * counter is not taken away here: whether the next fence is then above the last is a race against a real clock.
 */
export const meddling = fc
  .record({
    name,
    key: fc.constantFrom('lock', 'fence', 'queue'),
    how: fc.constantFrom('DEL', 'DEL', 'SET', 'HSET', 'ZADD', 'ZADD arrival'),
  })
  .filter(({ key, how }) => key !== 'fence' || !['DEL', 'SET'].includes(how))
  .map(({ name: lock, key, how }) => {
    const [target = ''] = at(lock, key);
    if (how === 'SET') return command('SET', target, 'somebody else');
    if (how === 'HSET') return command('HSET', target, 'field', 'value');
    if (how === 'DEL') return command('DEL', target);
    return command('ZADD', target, how === 'ZADD' ? 1 : 150_000_000_000_000, 'somebody');
  });

export type Pushed = { readonly pushes: readonly string[] };

/** Subscribes for the processes that listen; to be called before {@link runOnRedis}. */
export const listen = (listener: Redis) =>
  listener.subscribe(...LISTENING.map((process) => CHANNEL + process), 'end');

/** Runs them on Redis and collects what was pushed: everything that came before our own last message. */
export async function runOnRedis(
  redis: Redis,
  listener: Redis,
  steps: readonly Step[],
): Promise<RealOutcome & Pushed> {
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

/** The same on a fresh embedded host. */
export async function runOnEmbedded(
  steps: readonly Step[],
): Promise<Outcome & Pushed & { readonly endMs: number }> {
  const pushes: string[] = [];
  const outcome = await onEmbedded(steps, async (provider) => {
    const host = await provider.open({ namespace: 'test', report: () => undefined });
    for (const process of LISTENING)
      await host.subscribe(CHANNEL + process, ({ payload }) => pushes.push(payload));
  });
  return { ...outcome, pushes };
}

const FIRST_ARRIVAL = 1e14;

/**
 * Of a line: who stands in it, in order, and then its heartbeats by name, for which of two is the earlier may be an
 * accident of timing. The instants of arrival are the server's own business.
 */
export function withoutArrivals(value: string | readonly string[]): readonly string[] {
  if (typeof value === 'string') return [value];
  const pairs = value.flatMap((entry, index) =>
    index % 2 === 0 ? [{ entry, score: value[index + 1] ?? '' }] : [],
  );
  const [arrivals, others] = [
    pairs.filter(({ score }) => Number(score) >= FIRST_ARRIVAL),
    pairs.filter(({ score }) => Number(score) < FIRST_ARRIVAL),
  ];
  const byName = others.toSorted((a, b) => (a.entry < b.entry ? -1 : 1));
  return [...arrivals.map(({ entry }) => entry), ...byName.flatMap(({ entry, score }) => [entry, score])];
}
