/** `semaphore/take`: permits that are free, ours already, or taken; and the line for them. */
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
  dora,
  freshBeat,
  silent,
  tokenOf,
} from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { crewOf, fenceOf, endsIn, inMs, lineOf } from './crew.js';

const lua = useLuaBench();

const me = tokenOf(anna);
const asking = { token: me, ttlMs: 30_000, grantMs: -1, wanted: 1, most: 3 };
const queueing = { ...asking, grantMs: 2_000 };
const others = (count: number, ms = 9_000) =>
  [ben, cleo, dora].slice(0, count).map((who, at) => ({ token: tokenOf(who), endsAt: inMs(ms + at) }));
const given = (holders: ReturnType<typeof others>, size = 3): Keyspace => ({
  ...crewOf(holders, size, 60_000),
  ...fenceOf(AHEAD, 50_000),
});

describe('free permits', () => {
  it('of a semaphore that nobody has used yet are given with a fence of the clock', async () => {
    const { reply, after } = await lua().transition({ run: ['semaphore/take', asking] });
    expect(reply).toEqual([clockMicros()]);
    expect(after['permits']).toEqual({ type: 'zset', value: { [me]: endsIn(30_000) }, ttlMs: about(30_000) });
    expect(Object.keys(after)).toEqual(['fence', 'holds', 'permits']);
  });

  it('are given beside those that others have, and the keys last as long as the longest lease', async () => {
    const two = others(2);
    const mine = { token: me, fence: AHEAD + 1, endsAt: endsIn(30_000) };
    expect(await lua().transition({ given: given(two), run: ['semaphore/take', asking] })).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { ...crewOf([...two, mine], 3, about(60_000)), ...fenceOf(AHEAD + 16) },
    });
  });

  it('are given several at a time', async () => {
    const one = others(1);
    const mine = { token: me, permits: 2, fence: AHEAD + 1, endsAt: endsIn(30_000) };
    const run = ['semaphore/take', { ...asking, wanted: 2 }] as const;
    expect((await lua().transition({ given: given(one), run })).after).toEqual({
      ...crewOf([...one, mine], 3, about(60_000)),
      ...fenceOf(AHEAD + 16),
    });
  });

  it('come of leases that ran out, with all that those had', async () => {
    const over = { token: tokenOf(ben), permits: 3, endsAt: inMs(-1) };
    const { reply, after } = await lua().transition({
      given: { ...crewOf([over], 3, 60_000), ...fenceOf(AHEAD, 50_000) },
      run: ['semaphore/take', { ...asking, wanted: 3 }],
    });
    const { permits, holds } = crewOf(
      [{ token: me, permits: 3, fence: AHEAD + 1, endsAt: endsIn(30_000) }],
      3,
      0,
    );
    expect(reply).toEqual([AHEAD + 1]);
    expect([after['permits']?.value, after['holds']?.value]).toEqual([permits?.value, holds?.value]);
  });

  it('come of all leases that ran out with their key, whatever is still written beside it', async () => {
    const over = { token: me, permits: 3, endsAt: inMs(9_000) };
    const { holds } = crewOf([over], 3, 60_000);
    if (holds === undefined) throw new Error('a crew has holds');
    const { reply, after } = await lua().transition({
      given: { holds, ...fenceOf(AHEAD, 50_000) },
      run: ['semaphore/take', { ...asking, wanted: 3 }],
    });
    expect(reply).toEqual([AHEAD + 1]);
    expect(after['holds']?.value).toEqual({ [me]: `${AHEAD + 1} 3`, '+': '2', '=': '3' });
  });

  it('are counted by what was said for all, where somebody did', async () => {
    const size: Keyspace = { size: { type: 'string', value: '1', ttlMs: 9_000 } };
    const { reply } = await lua().transition({
      given: { ...given(others(1)), ...size },
      run: ['semaphore/take', asking],
    });
    expect(reply).toEqual([0, about(9_000), tokenOf(ben), AHEAD, 0, 0]);
  });
});

describe('permits that the token has', () => {
  it('are armed again, with the same fence', async () => {
    const mine = { token: me, fence: AHEAD - 31, endsAt: inMs(500) };
    const { reply, after } = await lua().transition({
      given: { ...crewOf([mine], 3, 600), ...fenceOf(AHEAD, 50_000) },
      run: ['semaphore/take', queueing],
    });
    expect(reply).toEqual([AHEAD - 31]);
    expect(after).toEqual({
      ...crewOf([{ ...mine, endsAt: endsIn(30_000) }], 3, about(30_000)),
      ...fenceOf(AHEAD, about(50_000)),
    });
  });

  it('are not asked for by who gave up', async () => {
    const before = given(others(1));
    const { reply, after } = await lua().transition({
      given: before,
      run: ['semaphore/take', { ...asking, token: '' }],
    });
    expect([reply, Object.keys(after)]).toEqual([
      [0, 0, '', 0, 0, 0],
      ['fence', 'holds', 'permits'],
    ]);
  });
});

describe('too few permits', () => {
  it('are told with the lease that ends first, and nothing is written for who does not queue', async () => {
    const { reply, after } = await lua().transition({
      given: given(others(3)),
      run: ['semaphore/take', asking],
    });
    expect(reply).toEqual([0, about(9_000), tokenOf(ben), AHEAD, 0, 0]);
    expect(Object.keys(after)).toEqual(['fence', 'holds', 'permits']);
  });

  it('let who queues join the line, with how many it wants', async () => {
    const { reply, after } = await lua().transition({
      given: given(others(2)),
      run: ['semaphore/take', { ...queueing, wanted: 2 }],
    });
    expect(reply).toEqual([0, about(9_000), tokenOf(ben), AHEAD, 1, 1]);
    expect(after['queue']).toEqual(lineOf([[me, clockMicros(), freshBeat(2_000), 2]], about(5_000))['queue']);
  });

  it('are not given past somebody who wants more', async () => {
    const line = lineOf([[tokenOf(cleo), arrival(1), beating(2_000), 3]], 4_000);
    const { reply } = await lua().transition({
      given: { ...given(others(1)), ...line },
      run: ['semaphore/take', queueing],
    });
    expect(reply).toEqual([0, about(9_000), tokenOf(ben), AHEAD, 2, 1]);
  });
});

describe('the line', () => {
  it('is served before who comes now: its first has a permit, and the caller what is left', async () => {
    const first = tokenOf(cleo);
    const { reply, pushed, after } = await lua().transition({
      given: { ...given(others(1)), ...lineOf([[first, arrival(1), beating(2_000)]], 4_000) },
      run: ['semaphore/take', queueing],
      listening: [cleo],
    });
    expect(pushed).toEqual([`${cleo}: granted ${first} ${AHEAD + 1} 2000 permits`]);
    expect(reply).toEqual([AHEAD + 17]);
    expect(Object.keys(after['permits']?.value ?? {}).toSorted()).toEqual(
      [me, tokenOf(ben), first].toSorted(),
    );
    expect(after['queue']).toBeUndefined();
  });

  it('gives who polls at its head what is free, and those behind it what is left then', async () => {
    const behind = tokenOf(cleo);
    const line = lineOf(
      [
        [me, arrival(1), beating(2_000), 2],
        [behind, arrival(2), beating(2_000)],
      ],
      4_000,
    );
    const { reply, pushed, after } = await lua().transition({
      given: { ...fenceOf(AHEAD, 50_000), ...line },
      run: ['semaphore/take', { ...queueing, wanted: 2 }],
      listening: [cleo],
    });
    expect(reply).toEqual([AHEAD + 1]);
    expect(pushed).toEqual([`${cleo}: granted ${behind} ${AHEAD + 17} 2000 permits`]);
    expect(after['queue']).toBeUndefined();
  });

  it('forgets who is dead, passes over who is deaf, and keeps what it woke somebody for', async () => {
    const [dead, deaf, woken] = [tokenOf(ben), tokenOf(cleo), tokenOf(dora)];
    const line = lineOf(
      [
        [dead, arrival(1), silent(), 2],
        [deaf, arrival(2), beating(2_500)],
        [woken, arrival(3), beating(0), 2],
      ],
      4_000,
    );
    const { reply, pushed, after } = await lua().transition({
      given: { ...fenceOf(AHEAD, 50_000), ...line },
      run: ['semaphore/take', queueing],
      listening: [dora],
    });
    expect(pushed).toEqual([`${dora}: wake ${woken} 0 0 permits`]);
    expect(reply).toEqual([AHEAD + 17]);
    expect(Object.keys(after['queue']?.value ?? {}).toSorted()).toEqual(
      [deaf, `!${deaf}`, `?${deaf}`, woken, `!${woken}`, `?${woken}`, `%${woken}`].toSorted(),
    );
  });
});
