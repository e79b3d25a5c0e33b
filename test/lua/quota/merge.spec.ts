/** `quota/merge`: what is above the least goes to another account, all of it or nothing. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { countersOf, KEPT_MS, reservationOf } from './account.js';

const lua = useLuaBench();

const member = (name: string, most = 10) => ({
  ...{ name, least: 0, most, initial: 0, window: 0, keepMs: KEPT_MS },
});

async function merge(given: Keyspace, most?: number) {
  const run = ['quota/merge', [member('points', most), member('gifts')]] as const;
  const { reply, after } = await lua().transition({ given, run });
  return { reply, after };
}

it('moves all counters', async () => {
  const given = {
    ...countersOf({ points: { v: 6 }, gifts: { v: 1 } }),
    ...countersOf({ points: { v: 4 } }, 'into'),
  };
  const { reply, after } = await merge(given);
  expect(reply).toEqual([1, '6', '1']);
  expect(after['counters']).toMatchObject({ value: { vpoints: '0', vgifts: '0' } });
  expect(after['into']).toMatchObject({ value: { vpoints: '10', vgifts: '1' }, ttlMs: about(KEPT_MS) });
});

it('moves none where one would not fit', async () => {
  const given = {
    ...countersOf({ points: { v: 6 }, gifts: { v: 1 } }),
    ...countersOf({ points: { v: 5 } }, 'into'),
  };
  const { reply, after } = await merge(given);
  expect(reply).toEqual([0, '6', '1']);
  expect(after['into']).toMatchObject({ value: given['into']?.value });
});

it('leaves what reservations have added, and takes back what ended ones did', async () => {
  const given = {
    ...countersOf({ points: { v: 6, u: 4, d: 0 } }),
    ...reservationOf('late', 'points=1@0;', -1),
  };
  const { reply, after } = await merge(given);
  expect(reply).toEqual([1, '2', '0']);
  expect(after['counters']).toMatchObject({ value: { vpoints: '3', upoints: '3' } });
});
