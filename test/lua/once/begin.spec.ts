/** `once/begin`: the lock, or what came of it, whichever there is. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import {
  about,
  AHEAD,
  anna,
  arrival,
  beating,
  ben,
  cleo,
  clockMicros,
  freshBeat,
  queueOf,
  silent,
  tokenOf,
} from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { fenceOf } from '../semaphore/crew.js';

const lua = useLuaBench();

const [me, other, third] = [tokenOf(anna), tokenOf(ben), tokenOf(cleo)];
const asking = { token: me, ttlMs: 30_000, queueing: 0, since: 0 };
const queueing = { ...asking, queueing: 1 };
const lockOf = (value: string, ttlMs = 9_000): Keyspace => ({ lock: { type: 'string', value, ttlMs } });
const fence = fenceOf(AHEAD, 50_000);
/** By a lease whose block of fences was the last one. */
const told = `{"fence":${AHEAD - 15},"kind":"value","value":7}`;
const outcome: Keyspace = { outcome: { type: 'string', value: told, ttlMs: 60_000 } };
const answered = [0, 0, '', 0, 0, 0, told];

describe('what nobody does and nobody has done', () => {
  it('is begun, under a fence of the clock', async () => {
    const { reply, after } = await lua().transition({ run: ['once/begin', asking] });
    expect(reply).toEqual([clockMicros()]);
    expect([after['lock'], Object.keys(after)]).toEqual([
      { type: 'string', value: me, ttlMs: about(30_000) },
      ['fence', 'lock'],
    ]);
  });

  it('is begun by who stands in front, and ends its wait', async () => {
    const line = queueOf([[me, arrival(1), beating(0)]], 4_000);
    const { reply, after } = await lua().transition({
      given: { ...fence, ...line },
      run: ['once/begin', queueing],
    });
    expect([reply, Object.keys(after)]).toEqual([[AHEAD + 1], ['fence', 'lock']]);
  });

  it('is left to who waits in front, who is woken', async () => {
    const line = queueOf([[other, arrival(1), beating(0)]], 4_000);
    const { reply, pushed, after } = await lua().transition({
      given: { ...fence, ...line },
      run: ['once/begin', asking],
      listening: [ben],
    });
    expect(reply).toEqual([0, -1, '', AHEAD, 0, 0]);
    expect(pushed).toEqual([`${ben}: wake ${other} 0 0 lock`]);
    expect(after['lock']).toBeUndefined();
  });

  it('is begun past a waiter that is dead', async () => {
    const line = queueOf([[other, arrival(1), silent(0)]], 4_000);
    const { reply, after } = await lua().transition({
      given: { ...fence, ...line },
      run: ['once/begin', asking],
    });
    expect([reply, Object.keys(after)]).toEqual([[AHEAD + 1], ['fence', 'lock']]);
  });
});

describe('what somebody does', () => {
  const given = { ...lockOf(other), ...fence };

  it('is not begun a second time', async () => {
    const { reply, after } = await lua().transition({ given, run: ['once/begin', asking] });
    expect([reply, Object.keys(after)]).toEqual([
      [0, about(9_000), other, AHEAD, 0, 0],
      ['fence', 'lock'],
    ]);
  });

  it('is waited for by who wants a hint and no grant', async () => {
    const { reply, after } = await lua().transition({ given, run: ['once/begin', queueing] });
    expect(reply).toEqual([0, about(9_000), other, AHEAD, 1, 1]);
    expect(after['queue']).toEqual(queueOf([[me, clockMicros(), freshBeat(0)]], about(5_000))['queue']);
  });

  it.each([
    ['with the fence that it has', fence, AHEAD - 15],
    ['with a new one where the last is forgotten', {}, clockMicros()],
  ])('is granted to its own token again, %s', async (_, known, granted) => {
    const { reply, after } = await lua().transition({
      given: { ...lockOf(me, 500), ...known },
      run: ['once/begin', asking],
    });
    expect([reply, after['lock']]).toEqual([[granted], { type: 'string', value: me, ttlMs: about(30_000) }]);
  });

  it('is not armed for less than it is already', async () => {
    const { after } = await lua().transition({
      given: { ...lockOf(me, 90_000), ...fence },
      run: ['once/begin', asking],
    });
    expect(after['lock']?.ttlMs).toEqual(about(90_000));
  });

  it('is not asked for by who gave up', async () => {
    const run = ['once/begin', { ...queueing, token: '' }] as const;
    const { reply, after } = await lua().transition({ given: { ...given, ...outcome }, run });
    expect([reply, Object.keys(after)]).toEqual([
      [0, 0, '', 0, 0, 0],
      ['fence', 'lock', 'outcome'],
    ]);
  });
});

describe('what somebody has done', () => {
  it('is told, also while somebody else does it again', async () => {
    const given = { ...lockOf(other), ...fence, ...outcome };
    const { reply, after } = await lua().transition({ given, run: ['once/begin', queueing] });
    expect([reply, Object.keys(after)]).toEqual([answered, ['fence', 'lock', 'outcome']]);
  });

  it('is told to who waited for it, who wakes the next', async () => {
    const line = queueOf(
      [
        [me, arrival(1), beating(0)],
        [other, arrival(2), beating(0)],
        [third, arrival(3), beating(0)],
      ],
      4_000,
    );
    const { reply, pushed, after } = await lua().transition({
      given: { ...fence, ...outcome, ...line },
      run: ['once/begin', queueing],
      listening: [ben, cleo],
    });
    expect([reply, pushed]).toEqual([answered, [`${ben}: wake ${other} 0 0 lock`]]);
    expect(Object.keys(after['queue']?.value ?? {})).not.toContain(me);
  });

  it.each([
    ['is of who did it when the caller came', AHEAD, true],
    ['is of who did it later', AHEAD - 16, true],
    ['is of who did it before', AHEAD + 16, false],
    ['is of who was done when nobody had it', AHEAD + 1, false],
    ['is of anybody, and nobody had it when the caller came', -1, false],
  ])('counts by what the caller wants: it %s', async (_, since, counts) => {
    const { reply } = await lua().transition({
      given: { ...lockOf(other), ...fence, ...outcome },
      run: ['once/begin', { ...asking, since }],
    });
    expect(reply).toEqual(counts ? answered : [0, about(9_000), other, AHEAD, 0, 0]);
  });

  it('and nobody can read counts as done by the first', async () => {
    const strange: Keyspace = { outcome: { type: 'string', value: 'strange', ttlMs: 60_000 } };
    const { reply } = await lua().transition({
      given: { ...fence, ...strange },
      run: ['once/begin', asking],
    });
    expect(reply).toEqual([0, 0, '', 0, 0, 0, 'strange']);
  });

  it('is an error when its key has another type', async () => {
    const given: Keyspace = { outcome: { type: 'list', value: ['x'], ttlMs: 60_000 } };
    expect((await lua().transition({ given, run: ['once/begin', asking] })).reply).toEqual({
      error: 'WRONGTYPE',
    });
  });
});
