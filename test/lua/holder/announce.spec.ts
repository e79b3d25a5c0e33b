import { expect, it } from 'vitest';
import { about } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

it('publishes who stands behind a process, over what was there, until it stops renewing', async () => {
  const details = '{"host":"a","pid":1}';
  const given = { card: { type: 'string', value: 'old', ttlMs: 5 } } as const;
  expect(await lua().transition({ given, run: ['holder/announce', { details, ttlMs: 60_000 }] })).toEqual({
    reply: [1],
    pushed: [],
    after: { card: { type: 'string', value: details, ttlMs: about(60_000) } },
  });
});
