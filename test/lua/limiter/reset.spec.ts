/** `limiter/reset`: what was counted is forgotten, and nothing else. */
import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('forgets what these limits counted, and tells of how many that is', async () => {
  const counted = { type: 'zset', value: { tat: 1 }, ttlMs: 9_000 } as const;
  const { reply, after } = await lua().transition({
    given: { one: counted, other: counted, third: counted },
    run: ['limiter/reset', [{ limit: 'one' }, { limit: 'other' }, { limit: 'never' }]],
  });
  expect([reply, Object.keys(after)]).toEqual([[2], ['third']]);
});
