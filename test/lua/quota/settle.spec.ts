/** `quota/settle`: how a reservation ends. */
import { expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about } from '../cast.js';
import { useLuaBench, type Arguments } from '../lua-bench.js';
import { countersOf, KEPT_MS, reservationOf } from './account.js';

const lua = useLuaBench();

const ending = (args: Arguments): Arguments => ({ id: 'buyer', lastsMs: 9_000, keepMs: KEPT_MS, ...args });
const reserved = (leftMs = 4_000): Keyspace => ({
  ...countersOf({ left: { v: 3, d: 2 }, sold: { v: 2, u: 2 } }),
  ...reservationOf('buyer', 'left=-2@0;sold=2@0;', leftMs),
});

async function settle(given: Keyspace, args: Arguments) {
  const { reply, after } = await lua().transition({ given, run: ['quota/settle', args] });
  return { reply, after, left: after['counters']?.value };
}

const counters = (value: Readonly<Record<string, string>>) => expect.objectContaining(value);

it('confirmed stays changed, and is remembered', async () => {
  const { reply, after, left } = await settle(reserved(), ending({ how: 'confirm' }));
  expect([reply, left]).toEqual([[1], counters({ vleft: '3', dleft: '0', vsold: '2', usold: '0' })]);
  expect(Object.keys(after)).toEqual(['counters', 'settled']);
  expect(after['settled']?.ttlMs).toEqual(about(KEPT_MS));
});

it('confirmed before is told so', async () => {
  const given = { settled: { type: 'zset', value: { buyer: Date.now() + 500 }, ttlMs: KEPT_MS } } as const;
  expect((await settle(given, ending({ how: 'confirm' }))).reply).toEqual([2]);
});

it('given back is as if it had not been', async () => {
  const { reply, after, left } = await settle(reserved(), ending({ how: 'give_back' }));
  expect([reply, left]).toEqual([[1], counters({ vleft: '5', dleft: '0', vsold: '0', usold: '0' })]);
  expect(Object.keys(after)).toEqual(['counters']);
});

it('extended lasts for as long as it is told from now on', async () => {
  const { reply, after } = await settle(reserved(), ending({ how: 'extend' }));
  expect(reply).toEqual([1]);
  const [endsAt] = Object.values(after['reserved']?.value ?? {}).map(Number);
  expect((endsAt ?? 0) - Date.now()).toEqual(about(9_000));
});

it('that is over is given back, and cannot be confirmed', async () => {
  const { reply, left } = await settle(reserved(-1), ending({ how: 'confirm' }));
  expect([reply, left]).toEqual([[0], counters({ vleft: '5', vsold: '0' })]);
});
