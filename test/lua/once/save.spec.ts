/** `once/save`: only who still holds the lock writes down what came of it. */
import { expect, it } from 'vitest';
import { about, anna, ben, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const lock = { lock: { type: 'string', value: tokenOf(anna), ttlMs: 5_000 } } as const;
const saving = (token: string) => ['once/save', { token, told: '{"a":1}', rememberMs: 60_000 }] as const;

it('by the holder is kept as long as it was told, and the lock stays', async () => {
  const { reply, after } = await lua().transition({ given: lock, run: saving(tokenOf(anna)) });
  expect(reply).toEqual([1]);
  expect(after).toEqual({
    lock: { ...lock.lock, ttlMs: about(5_000) },
    outcome: { type: 'string', value: '{"a":1}', ttlMs: about(60_000) },
  });
});

it.each([
  ['somebody else holds', lock],
  ['nobody holds', {}],
])('changes nothing when %s', async (_, given) => {
  const { reply, after } = await lua().transition({ given, run: saving(tokenOf(ben)) });
  expect([reply, Object.keys(after)]).toEqual([[0], Object.keys(given)]);
});
