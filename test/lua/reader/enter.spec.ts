/** `reader/enter`: beside others who read, and behind whoever stood in line before. */
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
import { fenceOf, endsIn, inMs } from '../semaphore/crew.js';

const lua = useLuaBench();

const readerOf = (process: string): string => `${tokenOf(process)}R`;
const [me, other, writer] = [readerOf(anna), readerOf(ben), tokenOf(cleo)];
const asking = { token: me, ttlMs: 30_000, queueing: 0 };
const queueing = { ...asking, queueing: 1 };

const lock = (value: string, ttlMs: number): Keyspace => ({ lock: { type: 'string', value, ttlMs } });
const readBy = (readers: Readonly<Record<string, number>>, ttlMs: number): Keyspace => ({
  ...lock('readers', ttlMs),
  readers: { type: 'zset', value: readers, ttlMs },
});
const fence = fenceOf(AHEAD, 50_000);

describe('a lock', () => {
  it('that is free is taken for reading, with a fence of the clock', async () => {
    const { reply, after } = await lua().transition({ run: ['reader/enter', asking] });
    expect(reply).toEqual([clockMicros()]);
    expect({ ...after, fence: undefined }).toEqual({
      ...readBy({ [me]: endsIn(30_000) }, about(30_000)),
      fence: undefined,
    });
  });

  it('that others read under is read under together, for as long as the longest lease', async () => {
    const readers = { [other]: inMs(60_000) };
    expect(
      await lua().transition({
        given: { ...readBy(readers, 60_000), ...fence },
        run: ['reader/enter', asking],
      }),
    ).toEqual({
      reply: [AHEAD + 1],
      pushed: [],
      after: { ...readBy({ ...readers, [me]: endsIn(30_000) }, about(60_000)), ...fenceOf(AHEAD + 16) },
    });
  });

  it('that the token reads under is read under for longer, whoever waits', async () => {
    const line = queueOf([[writer, arrival(1), beating(2_000)]], 4_000);
    const { reply, after } = await lua().transition({
      given: { ...readBy({ [me]: inMs(500) }, 500), ...fence, ...line },
      run: ['reader/enter', queueing],
    });
    expect([reply, after['readers']?.value]).toEqual([[AHEAD + 1], { [me]: endsIn(30_000) }]);
  });

  it('whose readers ran out is free', async () => {
    const { reply, after } = await lua().transition({
      given: { ...readBy({ [other]: inMs(-1) }, 9_000), ...fence },
      run: ['reader/enter', asking],
    });
    expect([reply, after['readers']?.value]).toEqual([[AHEAD + 1], { [me]: endsIn(30_000) }]);
  });

  it('that somebody writes under is not read under', async () => {
    const given = { ...lock(writer, 9_000), ...fence };
    const { reply, after } = await lua().transition({ given, run: ['reader/enter', asking] });
    expect(reply).toEqual([0, about(9_000), writer, AHEAD, 0, 0]);
    expect(Object.keys(after)).toEqual(['fence', 'lock']);
  });

  it('is waited for in the line of all', async () => {
    const given = { ...lock(writer, 9_000), ...fence };
    const { reply, after } = await lua().transition({ given, run: ['reader/enter', queueing] });
    expect(reply).toEqual([0, about(9_000), writer, AHEAD, 1, 1]);
    expect(after['queue']).toEqual(queueOf([[me, clockMicros(), freshBeat(0)]], about(5_000))['queue']);
  });

  it('is not asked for by who gave up', async () => {
    const { reply, after } = await lua().transition({ run: ['reader/enter', { ...asking, token: '' }] });
    expect([reply, after]).toEqual([[0, 0, '', 0, 0, 0], {}]);
  });
});

describe('the line', () => {
  it('is not passed while others read', async () => {
    const line = queueOf([[writer, arrival(1), beating(2_000)]], 4_000);
    const { reply } = await lua().transition({
      given: { ...readBy({ [other]: inMs(9_000) }, 9_000), ...fence, ...line },
      run: ['reader/enter', queueing],
    });
    expect(reply).toEqual([0, about(9_000), 'readers', AHEAD, 2, 1]);
  });

  it('is not passed when the lock is free: its first has it', async () => {
    const line = queueOf([[writer, arrival(1), beating(2_000)]], 4_000);
    const { reply, pushed } = await lua().transition({
      given: { ...fence, ...line },
      run: ['reader/enter', asking],
      listening: [cleo],
    });
    expect(pushed).toEqual([`${cleo}: granted ${writer} ${AHEAD + 1} 2000 lock`]);
    expect(reply).toEqual([0, about(2_000), writer, AHEAD + 16, 0, 0]);
  });

  it('is passed where it is dead', async () => {
    const line = queueOf([[writer, arrival(1), silent()]], 4_000);
    const { reply, after } = await lua().transition({
      given: { ...readBy({ [other]: inMs(9_000) }, 9_000), ...fence, ...line },
      run: ['reader/enter', asking],
    });
    expect([reply, after['queue']]).toEqual([[AHEAD + 1], undefined]);
  });

  it('lets readers in one after the other, each waking the one behind it, until a writer stands there', async () => {
    const line = queueOf(
      [
        [me, arrival(1), beating(0)],
        [other, arrival(2), beating(0)],
        [writer, arrival(3), beating(2_000)],
      ],
      4_000,
    );
    const first = await lua().transition({
      given: { ...fence, ...line },
      run: ['reader/enter', queueing],
      listening: [ben, cleo],
    });
    expect([first.reply, first.pushed]).toEqual([[AHEAD + 1], [`${ben}: wake ${other} 0 0 lock`]]);
    const second = await lua().transition({
      given: {
        ...readBy({ [me]: inMs(9_000) }, 9_000),
        ...fence,
        ...queueOf(
          [
            [other, arrival(2), beating(0)],
            [writer, arrival(3), beating(2_000)],
          ],
          4_000,
        ),
      },
      run: ['reader/enter', { ...queueing, token: other }],
      listening: [cleo],
    });
    expect([second.reply, second.pushed]).toEqual([[AHEAD + 1], []]);
  });
});
