import { expect, it } from 'vitest';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
/** So many milliseconds, and a moment. */
const ago = (ms: number): number =>
  expect.toSatisfy((silentMs: number) => silentMs >= ms && silentMs < ms + 1_000, `${ms} ms ago`);
const list = (most: number) => ['holder/list', { most }] as const;

it('reads who is there, the one that was heard of last at the end, and leaves out the oldest', async () => {
  const now = Date.now();
  const given = {
    cards: { type: 'hash', value: { a: '{"pid":1}', b: '{"pid":2}', c: '{"pid":3}' } },
    heard: { type: 'zset', value: { a: now - 1_000, b: now - 3_000, c: now - 2_000 } },
  } as const;
  const later = [...['c', ago(2_000), '{"pid":3}'], ...['a', ago(1_000), '{"pid":1}']];
  for (const [most, told] of [
    [9, ['b', ago(3_000), '{"pid":2}', ...later]],
    [2, later],
  ] as const) {
    expect(await lua().transition({ given, run: list(most) })).toEqual({
      reply: told,
      pushed: [],
      after: given,
    });
  }
});

it('knows nothing about a process whose card is gone, and tells that it is there', async () => {
  const given = { heard: { type: 'zset', value: { a: Date.now() - 3_000 } } } as const;
  const { reply } = await lua().transition({ given, run: list(9) });
  expect(reply).toEqual(['a', ago(3_000), '{}']);
});

it('tells nothing when nobody is there, and of one from the future that it was heard of just now', async () => {
  expect(await lua().transition({ run: list(9) })).toEqual({
    reply: [],
    pushed: [],
    after: {},
  });
  const ahead = { heard: { type: 'zset', value: { a: Date.now() + 60_000 } } } as const;
  const { reply } = await lua().transition({ given: ahead, run: list(9) });
  expect(reply).toEqual(['a', 0, '{}']);
});
