/** `semaphore/give_back`: permits, or a place in the line; and who has what is free then. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { crewOf, fenceOf, inMs, lineOf } from './crew.js';

const lua = useLuaBench();

const me = tokenOf(anna);
const mine = { token: me, permits: 2, endsAt: inMs(60_000) };
const others = { token: tokenOf(ben), endsAt: inMs(60_000) };
const back = { token: me };
const fence = fenceOf(AHEAD, 50_000);

it('leaves nothing but the fence when nobody else has any', async () => {
  const given = { ...crewOf([mine], 3, 60_000), ...fence };
  expect(await lua().transition({ given, run: ['semaphore/give_back', back] })).toEqual({
    reply: [1],
    pushed: [],
    after: fenceOf(AHEAD, about(50_000)),
  });
});

it('takes nothing from others', async () => {
  const given = { ...crewOf([mine, others], 3, 60_000), ...fence };
  const { reply, after } = await lua().transition({ given, run: ['semaphore/give_back', back] });
  expect(reply).toEqual([1]);
  expect(after['permits']?.value).toEqual({ [others.token]: others.endsAt });
  expect(after['holds']?.value).toEqual({ [others.token]: `${AHEAD - 15} 1`, '=': '3', '+': '0' });
});

it('says when the token had none, and takes it out of the line', async () => {
  const line = lineOf([[me, arrival(1), beating(2_000), 3]], 4_000);
  const given = { ...crewOf([others], 3, 60_000), ...fence, ...line };
  const { reply, after } = await lua().transition({ given, run: ['semaphore/give_back', back] });
  expect([reply, after['queue']]).toEqual([[0], undefined]);
});

it('gives what is free to as many in line as it is enough for', async () => {
  const [first, second] = [tokenOf(cleo), tokenOf(cleo, 2)];
  const line = lineOf(
    [
      [first, arrival(1), beating(3_000, 2_400)],
      [second, arrival(2), beating(2_000, 900), 2],
    ],
    4_000,
  );
  const given = { ...crewOf([mine, others], 3, 60_000), ...fence, ...line };
  const { pushed, after } = await lua().transition({
    given,
    run: ['semaphore/give_back', back],
    listening: [cleo],
  });
  expect(pushed).toEqual([`${cleo}: granted ${first} ${AHEAD + 1} 3000 permits`]);
  expect(Object.keys(after['permits']?.value ?? {}).toSorted()).toEqual([first, others.token].toSorted());
  expect(Object.keys(after['queue']?.value ?? {}).toSorted()).toEqual(
    [second, `!${second}`, `?${second}`, `%${second}`].toSorted(),
  );
});

it('of one that nobody said a size for gives nothing away', async () => {
  const line = lineOf([[tokenOf(cleo), arrival(1), beating(2_000)]], 4_000);
  const { reply, pushed } = await lua().transition({
    given: { ...fence, ...line },
    run: ['semaphore/give_back', back],
    listening: [cleo],
  });
  expect([reply, pushed]).toEqual([[0], []]);
});

it('is an error where a value of another type stands', async () => {
  const given: Keyspace = { permits: { type: 'list', value: ['x'] } };
  expect((await lua().transition({ given, run: ['semaphore/give_back', back] })).reply).toEqual({
    error: 'WRONGTYPE',
  });
});
