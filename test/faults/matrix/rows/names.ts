/** Names that would break a key, and secrets that would show in an error. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createHoldfast, LockError, onLeaseEvent, type Holdfast } from '@holdfast/core';
import fc from 'fast-check';
import { hashSlot, hashTag } from '../../../../libs/core/src/redis/hash-slot.js';
import { eventually } from '../../../support/eventually.js';
import { keysBelow } from '../../../support/keyspace.js';
import type { PlayedRow, Trial } from '../row.js';
import { PASSWORD, TTL_MS, type Stage } from '../stage.js';

const NASTY = ['\0', '\r\n', '}x', '{', '{}', '🙂', '__proto__', 'a:b', '#', '%7D', ' '];
const TOO_LONG = 'x'.repeat(1_000_000);
const nastyName = fc
  .oneof(
    fc.array(fc.constantFrom(...NASTY), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  )
  .filter((name) => name.isWellFormed() && Buffer.byteLength(name) <= 512);

async function open({ url, stage }: { url: string; stage: Stage }, log: string[] = []): Promise<Holdfast> {
  const holdfast = await createHoldfast({
    connection: url,
    namespace: stage.namespace,
    attemptTimeout: TTL_MS / 2,
    connectTimeout: 5 * TTL_MS,
    log: (level, message) => void log.push(`${level} ${message}`),
  });
  stage.defer(() => holdfast.close(0));
  return holdfast;
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (LockError.is(error) ? error.code : error),
  );
}

/** All at once: if two shared a key, one would have to wait for the other. */
async function nastyNames({ stage, name }: Trial) {
  const { locks } = await open({ url: stage.url(), stage });
  const generated = fc.sample(nastyName, 40);
  const names = [...new Set([...NASTY, ...generated])];
  const leases = await Promise.all(names.map((key) => locks.acquire(name, { key, ttl: TTL_MS, wait: 0 })));
  const keys = (await keysBelow(stage.admin, `hf1:${stage.namespace}:{`)).filter(
    (key) => !key.endsWith(':fence'),
  );
  assert.equal(keys.length, names.length, 'each has one key of its own');
  for (const key of keys) {
    assert.match(key, /^hf1:[^{}]*:\{[^{}]*\}:lock$/);
    assert.equal(hashSlot(hashTag(key)), hashSlot(hashTag(key.replace(/:lock$/, ':fence'))));
  }
  assert.deepEqual(new Set(await Promise.all(leases.map((lease) => lease.release()))), new Set(['released']));
  for (const wrong of ['', TOO_LONG, '\uD800']) {
    assert.equal(await codeOf(locks.acquire(wrong)), 'ERR_LOCK_CONFIG');
    assert.equal(await codeOf(locks.acquire(name, { key: wrong })), 'ERR_LOCK_CONFIG');
  }
  return { 'names (number)': names.length };
}

/** Everything that goes wrong with a lock, as somebody would see it who prints all there is. */
async function whatIsSaid({ stage, name }: Trial, log: string[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  const fails = async (call: Promise<unknown>): Promise<void> =>
    void seen.push(
      await call.then(
        () => 'no error',
        (error: unknown) => error,
      ),
    );
  const stop = onLeaseEvent((event) => seen.push(event));
  const { locks } = await open({ url: stage.url(), stage }, log);
  const mistyped = await open({ url: stage.url().replace(PASSWORD, `${PASSWORD}-mistyped`), stage }, log);
  const lease = await locks.acquire(name, { ttl: TTL_MS });
  await fails(mistyped.locks.acquire(name));
  await fails(locks.acquire(name, { wait: 0 }));
  await fails(locks.acquire(name, { wait: 50 }));
  const typed = stage.keys(`${name}-typed`).lock;
  await stage.admin.lpush(typed, 'not a lock');
  await fails(locks.acquire(`${name}-typed`));
  await stage.admin.del(typed);
  await stage.proxy.refuse();
  await fails(locks.acquire(`${name}-other`, { wait: 200 }));
  await eventually(() => lease.signal.aborted, { withinMs: 2 * TTL_MS });
  seen.push(lease.signal.reason, await lease.release());
  await stage.proxy.heal();
  stop();
  return seen;
}

async function secretsStayInside(trial: Trial) {
  const { stage, name } = trial;
  const tokens = new Set<string>();
  const { lock } = stage.keys(name);
  const watch = setInterval(() => void stage.admin.get(lock).then((token) => token && tokens.add(token)), 20);
  stage.defer(() => clearInterval(watch));
  const log: string[] = [];
  const seen = await whatIsSaid(trial, log);
  clearInterval(watch);
  const printed = [
    ...log,
    ...seen.map((one) => inspect(one, { depth: Infinity, showHidden: true, getters: true })),
    ...seen.map((one) => JSON.stringify(one) ?? ''),
    ...seen.map((one) => (one instanceof Error ? `${one.stack} ${String(one.cause)}` : '')),
  ].join('\n');
  assert.ok(tokens.size > 0);
  assert.ok(printed.length > 1_000);
  for (const secret of [PASSWORD, ...tokens, stage.url().slice('redis://'.length).split('@')[0] ?? PASSWORD])
    assert.ok(!printed.includes(secret), `it says ${secret}: ${around(printed, secret)}`);
  return { 'characters looked through (number)': printed.length };
}

function around(text: string, what: string): string {
  const at = text.indexOf(what);
  return text.slice(Math.max(0, at - 200), at + 100);
}

export const nameRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F41',
    fault:
      'names and keys with NUL, CRLF, braces, emoji, `__proto__`, separators, of 1 MB, empty, and generated ones',
    holds: 'one key each, in one slot; none meets another; too long and empty are refused',
    play: nastyNames,
  },
  {
    kind: 'played',
    id: 'F42',
    fault:
      'everything that is said (log, events, errors with all they carry) of a lock that meets every trouble',
    holds: 'no password, no user info of a URL, no token; every other row is held to the password, too',
    play: secretsStayInside,
    long: true,
  },
];
