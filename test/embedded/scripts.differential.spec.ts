/**
 * Random sequences of the scripts of locks and holders, with several tokens, processes and names, and time that passes: replies, pushed
 * messages and the whole keyspace must be the same on Redis and on the embedded host.
 */
import { allScripts } from '@holdfast/core';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rounds } from '../support/long.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { comparable, expectSame, type Said } from './comparable.js';
import {
  at,
  batchOf,
  elapse,
  listen,
  meddling,
  member,
  name,
  runOnEmbedded,
  runOnRedis,
  script,
  STALL_MS,
  token,
  ttl,
  used,
  withoutArrivals,
  type Member,
  type Pushed,
} from './lease-steps.js';
import type { Outcome, Step, StoredKey, Told } from './two-hosts.js';

const CARD_TTL = 64_000;
const CARDS = ['cards', 'heard'];
const LIST = allScripts.find(({ name }) => name === 'holder/list');
const TAKE = allScripts.find(({ name }) => name === 'semaphore/take');
const PERMITS = allScripts.find(({ name }) => name === 'semaphore/inspect');
const SEAT = allScripts.find(({ name }) => name === 'quorum/seat');

/** Of one name: the fences of two names in one call are minted in one microsecond or not, which is an accident of timing. */
const ofOneName = (members: readonly Member[]): Member[] =>
  members.map(({ args }) => ({ name: members[0]?.name ?? '', args }));
const batch = fc
  .oneof(
    { weight: 3, arbitrary: fc.tuple(member) },
    { weight: 1, arbitrary: fc.array(member, { minLength: 2, maxLength: 6 }) },
  )
  .map((members) => batchOf(ofOneName(members)));
const renew = fc.array(fc.record({ name, token, ttl }), { minLength: 1, maxLength: 4 }).map((members) =>
  script(
    'lease/renew',
    members.flatMap((one) => at(one.name, 'lock')),
    members.flatMap((one) => [one.token, one.ttl]),
  ),
);
const inspect = name.map((lock) => script('lease/inspect', at(lock, 'lock', 'fence', 'queue')));
const holder = fc.constantFrom(
  script('holder/announce', CARDS, ['a', '{"host":"ü"}', CARD_TTL]),
  script('holder/announce', CARDS, ['b', '{}', CARD_TTL]),
  script('holder/lookup', ['cards'], ['a']),
  script('holder/list', CARDS, ['5']),
  script('holder/withdraw', CARDS, ['a']),
);
const election = fc
  .record({ name, token, lasts: fc.constantFrom(0, 2_700, 16_200), looks: fc.boolean() })
  .map((o) =>
    o.looks
      ? script('leader/inspect', at(o.name, 'lock', 'queue', 'preferred'))
      : script('leader/claim', at(o.name, 'queue', 'preferred'), [o.token.slice(0, -1), o.lasts]),
  );
const PERMIT_KEYS = ['permits', 'holds', 'fence', 'queue', 'size'];
const grant = fc.constantFrom(-1, 0, 700, 2_000, 5_000);
/** In a tag of their own, as semaphores have one. */
const permits = fc
  .record({ name, token, ttl, grant, wanted: fc.constantFrom(1, 1, 2), most: fc.constantFrom(2, 3) })
  .chain(({ name: lock, ...o }) => {
    const keys = (...parts: string[]): string[] => at(`#s${lock}`, ...parts);
    return fc.constantFrom(
      script('semaphore/take', keys(...PERMIT_KEYS), [o.token, o.ttl, o.grant, o.wanted, o.most]),
      script('semaphore/take', keys(...PERMIT_KEYS), [o.token, o.ttl, o.grant, o.wanted, o.most]),
      script('semaphore/give_back', keys(...PERMIT_KEYS), [o.token]),
      script('semaphore/renew', keys('permits', 'holds'), [o.token, o.ttl]),
      script('semaphore/resize', keys(...PERMIT_KEYS), [o.most - 1, 90_500]),
      script('semaphore/resize', keys(...PERMIT_KEYS), [0, 90_500]),
      script('semaphore/inspect', keys(...PERMIT_KEYS), [2]),
    );
  });
const readers = fc
  .record({ name, token, ttl, queueing: fc.constantFrom(0, 1) })
  .chain(({ name: lock, ttl: lasts, queueing, token: process }) => {
    const [reader, keys] = [`${process}R`, at(lock, 'lock', 'fence', 'queue', 'readers')];
    return fc.constantFrom(
      script('reader/enter', keys, [reader, lasts, queueing]),
      script('reader/leave', keys, [reader]),
      script('reader/renew', at(lock, 'lock', 'readers'), [reader, lasts]),
    );
  });
/** Far ahead of both clocks; or behind them. A server votes at once, or never. */
const last = fc.constantFrom(15, 4e15, 4e15 + 64);
const voting = fc
  .record({ name, token, ttl, last, absent: fc.constantFrom(0, 1e12), flag: fc.constantFrom(0, 1) })
  .chain((o) =>
    fc.constantFrom(
      script(
        'quorum/confirm',
        [...at(o.name, 'lock', 'fence'), '{seats}:seat'],
        [o.token, o.ttl, o.last, o.absent],
      ),
      script('quorum/step_back', at(o.name, 'lock', 'fence', 'queue'), [
        o.token,
        o.last - 15,
        o.flag,
        o.flag,
      ]),
      script('quorum/rejoin', at(o.name, 'lock'), [o.token, o.ttl]),
      script('quorum/seat', ['{seats}:seat']),
    ),
  );
const ONCE = ['lock', 'fence', 'queue', 'outcome'];
const once = fc
  .record({ name, token, ttl, last, queueing: fc.constantFrom(0, 1), since: fc.constantFrom(-1, 0, 4e15) })
  .chain((o) => {
    const told = `{"fence":${o.last - 15},"kind":"value"}`;
    return fc.constantFrom(
      script('once/begin', at(o.name, ...ONCE), [o.token, o.ttl, o.queueing, o.since]),
      script('once/begin', at(o.name, ...ONCE), [o.token, o.ttl, o.queueing, o.since]),
      script('once/finish', at(o.name, ...ONCE), [o.token, told, CARD_TTL]),
      script('once/leave', at(o.name, 'lock', 'fence', 'queue'), [o.token]),
      script('once/forget', at(o.name, 'outcome')),
    );
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 18, arbitrary: batch },
  { weight: 3, arbitrary: renew },
  { weight: 2, arbitrary: inspect },
  { weight: 2, arbitrary: holder },
  { weight: 3, arbitrary: election },
  { weight: 4, arbitrary: voting },
  { weight: 8, arbitrary: permits },
  { weight: 6, arbitrary: readers },
  { weight: 5, arbitrary: once },
  { weight: 1, arbitrary: meddling },
  { weight: 2, arbitrary: elapse },
);

let server: RedisServer;
let redis: Redis;
let listener: Redis;

beforeAll(async () => {
  server = await startRedis();
  [redis, listener] = [server.client(), server.client()];
  await listen(listener);
});
afterAll(() => server.stop());

function everything(steps: readonly Step[], { replies, pushes, keyspace }: Outcome & Pushed): Said[] {
  const keys = keyspace.map(({ key, type, value, ttlMs }) => ({
    about: lockIn(key),
    words: [key, type, type === 'zset' ? withoutArrivals(value) : asTaken(value), ttlMs],
  }));
  const said = replies.map((words, index) => ({
    about: lockOf(steps[index]),
    words: comparableWords(words, steps[index]),
  }));
  return [...said, ...pushes.map((words) => ({ about: lockIn(words), words })), ...keys];
}

const isOf = (wanted: { readonly source: string } | undefined, step: Step | undefined): boolean =>
  step !== undefined && 'source' in step && step.source === wanted?.source;

/** Every start of a server has a number of its own; and time passes for the keys, not for the clock of a real server. */
const SEAT_VALUE = /^[0-9a-f]{40} \d+$/;

function asTaken(value: StoredKey['value']): StoredKey['value'] {
  return typeof value === 'string' ? value.replace(SEAT_VALUE, 'a seat') : value;
}

function comparableWords(words: Told, step: Step | undefined): Told {
  if (isOf(LIST, step)) return asCards(words);
  if (isOf(SEAT, step)) return asSeat(words);
  if (isOf(TAKE, step)) return asTaking(words);
  return isOf(PERMITS, step) ? asHolders(words) : words;
}

/** Whose lease ends first, of two that end within a millisecond, is an accident of timing. */
function asTaking(words: Told): Told {
  if (!Array.isArray(words)) return words;
  return words.map((word, place) => (place === 2 && word !== '' ? 'a holder' : word));
}

/** The same, of so many as were asked for. */
function asHolders(words: Told): Told {
  return Array.isArray(words) ? words.slice(0, 5) : words;
}

/** An age, a clock and a run. */
function asSeat(words: Told): Told {
  if (!Array.isArray(words)) return words;
  return words.map((word) => (typeof word === 'string' ? 'a run' : 'a time'));
}

/**
 * Three words a process. How long ago it was heard of is a time, also when that was just now; it is written as one in the
 * past, for it grows by what the real server took where what is left of a lease shrinks. Which of two was heard of first
 * within a millisecond is an accident of timing.
 */
function asCards(words: Told): Told {
  if (!Array.isArray(words)) return words;
  const asTimes = words.map((word) => (typeof word === 'number' ? -word - 1_000 : word));
  const cards = Array.from({ length: asTimes.length / 3 }, (_, card) =>
    asTimes.slice(card * 3, card * 3 + 3),
  );
  return cards.toSorted(([a], [b]) => String(a).localeCompare(String(b)));
}

function lockOf(step: Step | undefined): string {
  return step === undefined || 'elapseMs' in step ? '' : lockIn(step.keys?.[0] ?? '');
}

function lockIn(text: string): string {
  return /\{(.+?)\}/.exec(text)?.[1] ?? '';
}

/** Others have sequences of their own beside this file. */
const isHere = (script: string): boolean => !/^(job|limiter|quota|latch)\//.test(script);

describe('the scripts on the embedded host', () => {
  it('answer, push and write as on Redis, whatever the sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }), async (steps) => {
        const real = await runOnRedis(redis, listener, steps);
        fc.pre(real.tookMs < STALL_MS);
        const ours = await runOnEmbedded(steps);
        expectSame(
          comparable(everything(steps, ours), ours.endMs),
          comparable(everything(steps, real), real.endMs),
          real.tookMs,
        );
      }),
      { numRuns: rounds(150, 3_000) },
    );
  }, 600_000);

  it('are all part of these sequences', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 300 }), () => undefined),
      { numRuns: 3 },
    );
    const names = allScripts.map((one) => one.name).filter(isHere);
    expect([...used].filter(isHere).toSorted()).toEqual(names.toSorted());
  });
});
